import { useSignal } from '@preact/signals'
import { call, send } from '../../core/http.ts'
import { language, number, seconds } from '../../core/i18n.ts'
import { useRepeated } from '../../core/repeated.ts'
import { type Column, Table } from '../../shell/table.tsx'
import { handled, type Handled, samples } from './metrics.ts'
import { Parts } from './parts.tsx'
import { a } from '../words.ts'

interface Health {
  problems: Record<string, string>
  models: string[]
  rows: Handled[]
  index: number | null
}

/** How each part is, and how long each step takes. */
export function Status() {
  const words = a().health
  const health = useSignal<Health | null>(null)
  const lost = useSignal(false)
  useRepeated(() => read().then((found) => {
    health.value = found
    lost.value = false
  }, () => (lost.value = true)), 5000)
  if (lost.value) return <p class="problem" role="alert">{words.unreachable}</p>
  if (!health.value) return <div class="loading" aria-busy="true" />
  const columns: Column<Handled>[] = [
    { head: words.event, kind: 'title', cell: (row) => row.event },
    { head: words.service, cell: (row) => row.service },
    { head: words.count, kind: 'num', cell: (row) => number(row.count) },
    { head: words.failed, kind: 'num', cell: (row) => number(row.failed), mark: (row) => (row.failed ? 'bad' : '') },
    { head: words.median, kind: 'num', cell: (row) => row.median !== null && seconds(row.median, 3) },
    { head: words.p95, kind: 'num', cell: (row) => row.p95 !== null && seconds(row.p95, 3) },
  ]
  return (
    <section class="stack">
      <Parts key={language.value} problems={health.value.problems} index={health.value.index} />
      <section>
        <h2 class="small-head">{words.models}</h2>
        <p class="tags">{health.value.models.map((name) => <span key={name} class="tag">{name}</span>)}</p>
      </section>
      <section>
        <h2 class="small-head">{words.handled}</h2>
        <p class="note">{words.refresh}</p>
        <Table columns={columns} rows={health.value.rows} keyed={(row) => `${row.event}/${row.service}`} />
      </section>
    </section>
  )
}

async function read(): Promise<Health> {
  const ready = await fetch('/readyz')
  const { problems } = (await ready.json()) as { problems: Record<string, string> }
  const { data } = await call('GET', '/v1/models')
  const found = samples(await (await send('GET', '/metrics')).text())
  const index = found.find((one) => one.name === 'cloister_index_share')?.value ?? null
  const models = data.map(({ id }) => id).filter((id) => id !== 'cloister' && !id.startsWith('cloister/'))
  return { problems, models, rows: handled(found), index }
}
