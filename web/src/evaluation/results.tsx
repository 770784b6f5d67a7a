import { number, t } from '../core/i18n.ts'
import { Card } from '../admin/watch/figures.tsx'
import { save } from '../source/download.ts'
import { figures, type Figures, LEGS } from './figures.ts'
import { asResult, type Row, type Run } from './run.ts'
import { e } from './words.ts'

const NAMES: (keyof Figures)[] = ['recall@1', 'recall@5', 'recall@10', 'mrr', 'ndcg@10']

/** The figures so far, and each question with what was found; the worst first. */
export function Results({ run }: { run: Run }) {
  const words = e()
  const rows = run.rows.value
  const asked = rows.filter((one) => one.answer)
  const fused = figures(rows.map((one) => one.ranks.fused))
  const worst = [...rows].sort((one, other) => worth(one) - worth(other) || one.line - other.line)
  return (
    <>
      <div class="row" role="status">
        <strong>{run.going.value ? words.going(number(rows.length), number(run.questions.length)) : words.done(number(rows.length))}</strong>
        {run.going.value && <button type="button" class="secondary" onClick={() => run.stop()}>{words.stop}</button>}
        {!run.going.value && rows.length > 0 && (
          <button type="button" class="secondary push" onClick={() => save(new Blob([JSON.stringify(asResult(run))], { type: 'application/json' }), `evaluation-${run.workspace}.json`)}>{words.save}</button>
        )}
      </div>
      {run.error.value && <p class="problem" role="alert">{run.error.value}</p>}
      {rows.length > 0 && (
        <>
          <div class="cards">
            {(['recall@1', 'recall@5', 'mrr'] as const).map((name) => <Card key={name} label={words.figures[name]} value={number(fused[name], 3)} />)}
            <Card label={words.without} value={number(rows.filter((one) => one.ranks.fused === null).length)} />
            {asked.length > 0 && <Card label={words.cited} value={`${number((100 * asked.filter((one) => one.answer!.cites).length) / asked.length)} %`} below={<span class="note">{words.seconds(number(median(asked.map((one) => one.answer!.seconds)), 1))}</span>} />}
          </div>
          <Legs rows={rows} />
          <div class="scroll"><table class="rows evaluated">
            <thead><tr><th>{words.question}</th><th>{words.expected}</th><th>{words.instead}</th>{LEGS.map((leg) => <th key={leg} class="num">{words.legs[leg]}</th>)}{asked.length > 0 && <th>{words.answer}</th>}</tr></thead>
            <tbody>{worst.map((row) => <One key={row.line} row={row} answers={asked.length > 0} />)}</tbody>
          </table></div>
        </>
      )}
    </>
  )
}

function One({ row, answers }: { row: Row; answers: boolean }) {
  const words = e()
  const place = (title: string, page: number | null) => `${title}${page ? `, ${t().ask.page(page)}` : ''}`
  return (
    <tr>
      <td class="title">{row.question}</td>
      <td class="wrap">{place(row.document, row.page)}{!row.known && <> <span class="tag bad">{words.unknown}</span></>}</td>
      <td class="wrap">{row.ranks.fused === 1 ? '' : row.first ? <>{place(row.first.title, row.first.page)}<p class="excerpt">{row.first.text}</p></> : words.nothing}</td>
      {LEGS.map((leg) => <td key={leg} class="num">{row.ranks[leg] ?? '–'}</td>)}
      {answers && <td class="wrap">{row.answer && <span class={`tag ${row.answer.cites ? 'good' : 'bad'}`}>{row.answer.cites ? words.cites : words.citesNot}</span>} {row.answer?.error}</td>}
    </tr>
  )
}

function Legs({ rows }: { rows: Row[] }) {
  const words = e()
  return (
    <div class="scroll"><table class="rows">
      <thead><tr><th>{words.leg}</th>{NAMES.map((name) => <th key={name} class="num">{words.figures[name]}</th>)}</tr></thead>
      <tbody>
        {LEGS.map((leg) => {
          const told = figures(rows.map((one) => one.ranks[leg]))
          return <tr key={leg}><td>{words.legs[leg]}</td>{NAMES.map((name) => <td key={name} class="num">{number(told[name], 3)}</td>)}</tr>
        })}
      </tbody>
    </table></div>
  )
}

const worth = ({ ranks }: Row): number => (ranks.fused ? 1 / ranks.fused : 0)
const median = (values: number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
