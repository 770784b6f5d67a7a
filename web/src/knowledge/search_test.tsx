import { useSignal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import { number, score, t } from '../core/i18n.ts'
import { plain } from '../core/plain.ts'
import { askable } from '../core/session.ts'
import type { Passage } from '../core/types.ts'
import { shown } from '../source/panel.tsx'
import { type Column, Table } from '../shell/table.tsx'
import { k } from './words.ts'

const LEGS = ['fused', 'dense', 'bm25'] as const
type Leg = (typeof LEGS)[number]

interface Hit {
  passage: Passage
  ranks: Partial<Record<Leg, number>>
  scores: Partial<Record<Leg, number>>
}

/** What each leg of the search finds for a question, side by side. */
export function SearchTest() {
  const words = k().test
  const hits = useSignal<Hit[] | null>(null)
  const fit = useSignal(0)
  const absent = useSignal<string[]>([])
  const error = useSignal<string | null>(null)
  const busy = useSignal(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const workspace = String(fields.get('workspace')) || null
    busy.value = true
    error.value = null
    try {
      const found = await Promise.all(LEGS.map((leg) => call('POST', '/api/search', {
        json: { question: String(fields.get('question')), workspace, limit: 20, leg },
      })))
      fit.value = found[0]!.passages.length
      absent.value = found[0]!.absent
      hits.value = beside(found.map((one) => one.passages))
    } catch (failure) {
      error.value = worded(failure)
    }
    busy.value = false
  }
  return (
    <section>
      <p class="note">{words.help}</p>
      <form class="filters" role="search" onSubmit={submit}>
        <input name="question" class="grow" aria-label={words.question} placeholder={words.question} required />
        <select name="workspace" aria-label={k().workspace}>
          <option value="">{k().everywhere}</option>
          {askable.value.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
        </select>
        <button class="primary" disabled={busy.value}>{words.run}</button>
      </form>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {hits.value && (
        <>
          <p class={fit.value ? 'note' : 'banner'} role="status">{fit.value ? words.answerable(number(fit.value)) : words.none}</p>
          {absent.value.length > 0 && <p class="note">{t().ask.absent(absent.value.join(', '))}</p>}
          <Hits hits={hits.value} />
        </>
      )}
    </section>
  )
}

function Hits({ hits }: { hits: Hit[] }) {
  const words = k().test
  const columns: Column<Hit>[] = [
    { head: k().columns.title, kind: 'title', cell: ({ passage }) => (
      <>
        <button type="button" class="textual" onClick={() => (shown.value = { ...passage, n: 0, quote: passage.text, superseded: false, newest: passage.revision })}>
          {passage.title}
        </button>{' '}
        <span class="note">{t().ask.page(passage.page)}{passage.heading && ` · ${passage.heading}`}</span>
        <p class="excerpt">{plain(passage.text)}</p>
      </>
    ) },
    ...LEGS.map((leg): Column<Hit> => ({ head: words.legs[leg], kind: 'num', cell: ({ ranks, scores }) => (
      ranks[leg] ? <><strong>{ranks[leg]}</strong> <span class="note">{score(scores[leg]!)}</span></> : words.notFound
    ) })),
  ]
  return <Table columns={columns} rows={hits} keyed={({ passage }) => keyOf(passage)} />
}

const keyOf = (one: Passage): string => `${one.document_id}/${one.revision}/${one.page}/${one.text}`

function beside(found: Passage[][]): Hit[] {
  const hits = new Map<string, Hit>()
  found.forEach((passages, i) => {
    const leg = LEGS[i]!
    passages.forEach((passage, place) => {
      const hit = hits.get(keyOf(passage)) ?? { passage, ranks: {}, scores: {} }
      hit.ranks[leg] = place + 1
      hit.scores[leg] = passage.score
      hits.set(keyOf(passage), hit)
    })
  })
  return [...hits.values()]
}
