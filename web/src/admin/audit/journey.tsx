import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../../core/http.ts'
import { number, seconds } from '../../core/i18n.ts'
import { link } from '../../core/route.ts'
import type { AuditRow } from '../../core/types.ts'
import type { AdminWords } from '../../core/words/admin_en.ts'
import { exact } from './log.tsx'
import { a } from '../words.ts'

/** What happened to one question or document, in the order in which it happened, to scale. */
export function Journey({ about }: { about: string }) {
  const words = a()
  const rows = useSignal<AuditRow[] | null>(null)
  const error = useSignal<string | null>(null)
  useEffect(() => {
    call('GET', '/api/audit', { query: { about } }).then(
      ({ records }) => (rows.value = [...records].sort((one, other) => one.at.localeCompare(other.at) || one.seq - other.seq)),
      (failure) => (error.value = worded(failure)),
    )
  }, [about])
  if (error.value) return <p class="problem" role="alert">{error.value}</p>
  const found = rows.value
  if (!found) return <div class="loading" aria-busy="true" />
  const times = found.map((row) => Date.parse(row.at))
  const begin = times[0] ?? 0
  const trace = found.map((row) => row.facts?.['trace']).find((one) => typeof one === 'string') as string | undefined
  const span = Math.max(1, (times.at(-1) ?? 0) - begin)
  return (
    <section class="stack">
      <header class="row">
        <a href={link('admin', 'audit')}>{words.log.back}</a>
        <h2 class="small-head">{words.log.journey} <span class="id">{about}</span></h2>
      </header>
      {!found.length && <p class="note empty-note">{words.log.none}</p>}
      {found.length > 0 && (
        <dl class="about">
          <div><dt>{words.log.began}</dt><dd>{exact(found[0]!.at)}</dd></div>
          <div><dt>{words.log.lasted}</dt><dd>{seconds(span / 1000, 3)}</dd></div>
          <div><dt>{words.log.who}</dt><dd>{found.find((row) => row.principal)?.principal ?? '–'}</dd></div>
          {trace && <div><dt>{words.log.trace}</dt><dd class="id">{trace}</dd></div>}
        </dl>
      )}
      <ol class="journey">
        {found.map((row, i) => (
          <li key={row.seq}>
            <code class="event" title={row.subject}>{row.subject.replace(`.${about}`, '')}</code>
            <Bar from={(times[i - 1] ?? begin) - begin} to={times[i]! - begin} span={span} />
            <span class="took">{i ? `+${seconds((times[i]! - times[i - 1]!) / 1000, 3)}` : exact(row.at)}</span>
            <span class="note"><code>{row.source.split('/').at(-1)}</code> · {told(row.facts).map(([name, value]) => <>{words.log.facts[name]} <code>{value}</code> · </>)}{words.log.number} {number(row.seq)}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

const TOLD = ['lane', 'department', 'workspaces', 'model', 'finish', 'reason', 'status', 'pool', 'rows', 'duration_ms', 'attempt', 'stage', 'chunks'] as const

type Fact = keyof AdminWords['log']['facts']

/** The facts that say how it went, in the log's own values; it holds no content. */
function told(facts: Record<string, unknown> = {}): [Fact, string][] {
  const named = TOLD.filter((name) => facts[name] !== undefined).map((name): [Fact, string] => [name, String(facts[name])])
  const lists = (['passages', 'citations'] as const).filter((name) => Array.isArray(facts[name])).map((name): [Fact, string] => [name, String((facts[name] as unknown[]).length)])
  return [...named, ...lists]
}

/** The step's part of the whole time. */
function Bar({ from, to, span }: { from: number; to: number; span: number }) {
  const x = (from / span) * 100
  return (
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
      <rect width="100" height="6" class="track" />
      <rect x={Math.min(x, 99)} width={Math.max(((to - from) / span) * 100, 1)} height="6" class="part" />
    </svg>
  )
}
