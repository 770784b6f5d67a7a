import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, send, worded } from '../../core/http.ts'
import { locale, number } from '../../core/i18n.ts'
import type { Query } from '../../core/operations.ts'
import { link } from '../../core/route.ts'
import { frames } from '../../core/sse.ts'
import type { AuditRow } from '../../core/types.ts'
import { type Column, Table } from '../../shell/table.tsx'
import { Journey } from './journey.tsx'
import { a } from '../words.ts'

const KINDS = ['query', 'answer', 'ask', 'document', 'access', 'audit'] as const
const PAGE = 200
type Filter = Query<'GET', '/api/audit'>

/** The record, newest first, filtered; or the journey of one question or document. */
export function AuditLog({ about }: { about?: string | undefined }) {
  if (about) return <Journey about={about} />
  return <Log />
}

function Log() {
  const words = a().log
  const rows = useSignal<AuditRow[]>([])
  const last = useSignal(0)
  const from = useSignal<number | null>(null)
  const filters = useSignal<Filter>({})
  const following = useSignal(false)
  const error = useSignal<string | null>(null)
  const fail = (failure: unknown) => (error.value = worded(failure))
  const load = async () => {
    error.value = null
    const filtered = Object.values(filters.value).some(Boolean)
    const after = from.value ?? (filtered ? 0 : Math.max(0, (await newest(filters.value)) - PAGE))
    const found = await call('GET', '/api/audit', { query: { ...filters.value, after, limit: PAGE } })
    rows.value = found.records
    last.value = found.last
    from.value = after
  }
  useEffect(() => void load().catch(fail), [filters.value])
  useEffect(() => {
    if (!following.value) return
    const called = new AbortController()
    const hear = (row: AuditRow) => (rows.value = [...rows.value.slice(1 - PAGE), row])
    follow(last.value, filters.value, called.signal, hear).catch(fail).finally(() => (following.value = false))
    return () => called.abort()
  }, [following.value])
  const turn = (after: number) => {
    from.value = Math.max(0, after)
    void load().catch(fail)
  }
  const newestSeq = rows.value.at(-1)?.seq ?? 0
  return (
    <section class="stack">
      <p class="note">{words.help}</p>
      <Filters set={(wanted) => {
        from.value = null
        filters.value = wanted
      }} following={following.value} follow={() => (following.value = !following.value)} />
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {!rows.value.length && !error.value && <p class="note empty-note">{words.none}</p>}
      <Rows rows={[...rows.value].reverse()} />
      <nav class="paging" aria-label={a().audit}>
        <button type="button" class="secondary" disabled={!from.value} onClick={() => turn((from.value ?? 0) - PAGE)}>{words.older}</button>
        <button type="button" class="secondary" disabled={newestSeq >= last.value} onClick={() => turn(newestSeq)}>{words.newer}</button>
      </nav>
    </section>
  )
}

async function newest(filters: Filter): Promise<number> {
  return (await call('GET', '/api/audit', { query: { ...filters, after: 0, limit: 1 } })).last
}

async function follow(after: number, filters: Filter, called: AbortSignal, hear: (row: AuditRow) => void): Promise<void> {
  const response = await send('GET', '/api/audit', { query: { ...filters, after, follow: true }, signal: called })
  try {
    for await (const frame of frames(response.body!)) if (frame.name === 'record') hear(JSON.parse(frame.data) as AuditRow)
  } catch (failure) {
    if (!called.aborted) throw failure
  }
}

interface Filtering {
  set: (wanted: Filter) => void
  following: boolean
  follow: () => void
}

function Filters({ set, following, follow: toggle }: Filtering) {
  const words = a().log
  const change = (event: Event) => {
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(fields.get(name) ?? '').trim()
    const at = (name: string) => text(name) && new Date(text(name)).toISOString()
    set({ about: text('about'), principal: text('principal'), kind: text('kind'), since: at('since'), until: at('until') })
  }
  return (
    <form class="filters" role="search" onChange={change} onSubmit={(event) => { event.preventDefault(); change(event) }}>
      <input name="about" type="search" aria-label={words.about} placeholder={words.about} maxLength={64} />
      <input name="principal" type="search" aria-label={words.principal} placeholder={words.principal} maxLength={200} spellcheck={false} />
      <select name="kind" aria-label={words.kind}>
        <option value="">{words.anyKind}</option>
        {KINDS.map((kind) => <option key={kind} value={`${kind}.`}>{words.kinds[kind]}</option>)}
      </select>
      <label class="check">{words.since}<input name="since" type="datetime-local" /></label>
      <label class="check">{words.until}<input name="until" type="datetime-local" /></label>
      <button type="button" class="secondary" aria-pressed={following} onClick={toggle}>{following ? words.following : words.follow}</button>
    </form>
  )
}

export const exact = (iso: string): string =>
  new Date(iso).toLocaleString(locale(), {
    month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3,
  })

function Rows({ rows }: { rows: AuditRow[] }) {
  const words = a().log
  if (!rows.length) return null
  const columns: Column<AuditRow>[] = [
    { head: words.number, kind: 'num', cell: (row) => number(row.seq) },
    { head: words.at, cell: (row) => <time dateTime={row.at}>{exact(row.at)}</time> },
    { head: words.event, cell: (row) => row.subject },
    { head: words.who, cell: (row) => row.principal },
    { head: words.about, cell: (row) => row.about && <a class="id" href={link('admin', 'audit', row.about)}>{row.about}</a> },
  ]
  return <Table columns={columns} rows={rows} keyed={(row) => row.seq} kind="log" />
}
