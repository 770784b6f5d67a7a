import { list, number, percent, score, seconds, t } from '../core/i18n.ts'
import { plain } from '../core/plain.ts'
import { Card } from '../admin/watch/figures.tsx'
import { type Column, Table } from '../shell/table.tsx'
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
            {(['recall@1', 'recall@5', 'mrr'] as const).map((name) => <Card key={name} label={words.figures[name]} value={score(fused[name])} />)}
            <Card label={words.without} value={number(rows.filter((one) => one.ranks.fused === null).length)} />
            {asked.length > 0 && <Card label={words.cited} value={percent(asked.filter((one) => one.answer!.cites).length / asked.length)} below={<span class="note">{words.within(seconds(median(asked.map((one) => one.answer!.seconds)), 1))}</span>} />}
          </div>
          <Legs rows={rows} />
          <Table columns={columns(asked.length > 0)} rows={worst} keyed={(row) => row.line} kind="evaluated" />
        </>
      )}
    </>
  )
}

function columns(answers: boolean): Column<Row>[] {
  const words = e()
  const place = (title: string, page: number | null) => (page ? list([title, t().ask.page(page)]) : title)
  const found: Column<Row>[] = [
    { head: words.question, kind: 'title', cell: (row) => row.question },
    { head: words.expected, kind: 'wrap', cell: (row) => <>{place(row.document, row.page)}{!row.known && <> <span class="tag bad">{words.unknown}</span></>}</> },
    { head: words.instead, kind: 'wrap', cell: (row) => (row.ranks.fused === 1 ? '' : row.first ? <>{place(row.first.title, row.first.page)}<p class="excerpt">{plain(row.first.text)}</p></> : words.nothing) },
    ...LEGS.map((leg): Column<Row> => ({ head: words.legs[leg], kind: 'num', cell: (row) => row.ranks[leg] ?? '–' })),
  ]
  if (answers) found.push({ head: words.answer, kind: 'wrap', cell: ({ answer }) => answer && <><span class={`tag ${answer.cites ? 'good' : 'bad'}`}>{answer.cites ? words.cites : words.citesNot}</span> {answer.error}</> })
  return found
}

function Legs({ rows }: { rows: Row[] }) {
  const words = e()
  const told = LEGS.map((leg) => ({ leg, figures: figures(rows.map((one) => one.ranks[leg])) }))
  const columns: Column<(typeof told)[number]>[] = [
    { head: words.leg, kind: 'title', cell: ({ leg }) => words.legs[leg] },
    ...NAMES.map((name): Column<(typeof told)[number]> => ({ head: words.figures[name], kind: 'num', cell: (one) => score(one.figures[name]) })),
  ]
  return <Table columns={columns} rows={told} keyed={({ leg }) => leg} />
}

const worth = ({ ranks }: Row): number => (ranks.fused ? 1 / ranks.fused : 0)
const median = (values: number[]): number => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
