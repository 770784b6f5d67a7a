import { type Found, useFound } from '../../core/found.ts'
import { call, send } from '../../core/http.ts'
import { language, number, seconds } from '../../core/i18n.ts'
import { type Column, Table } from '../../shell/table.tsx'
import { auditLog, dataSources, directory, indexOf, services, workers } from './checks.ts'
import { handled, type Handled, type Sample, samples } from './metrics.ts'
import { Parts } from './parts.tsx'
import { a } from '../words.ts'

const OFTEN = 5000 // ms
const SELDOM = 30_000

/** How each part is, and how long each step takes; in another language it is asked anew. */
export function Status() {
  return <State key={language.value} />
}

function State() {
  const words = a().health
  const metrics = useFound(measured, OFTEN)
  return (
    <section class="stack">
      <p class="note">{words.help}</p>
      <Parts
        parts={[
          [words.services, useFound(services, OFTEN)],
          [words.indexName, indexOf(metrics)],
          [words.workers, useFound(workers, SELDOM)],
          [a().audit, useFound(auditLog, SELDOM)],
          [a().sources.title, useFound(dataSources, SELDOM)],
          [a().directory.title, useFound(directory, SELDOM)],
        ]}
      />
      <section>
        <h2 class="small-head">{words.models}</h2>
        <Models found={useFound(models, OFTEN)} />
      </section>
      <section>
        <h2 class="small-head">{words.handled}</h2>
        <Counts found={metrics} />
      </section>
    </section>
  )
}

function Models({ found }: { found: Found<string[]> }) {
  if (found && 'failed' in found) return <p class="problem" role="alert">{found.failed}</p>
  return <p class="tags">{found ? found.is.map((name) => <span key={name} class="tag">{name}</span>) : <Checking />}</p>
}

function Counts({ found }: { found: Found<Sample[]> }) {
  if (!found) return <p><Checking /></p>
  if ('failed' in found) return <p class="problem" role="alert">{found.failed}</p>
  const words = a().health
  const columns: Column<Handled>[] = [
    { head: words.event, kind: 'title', cell: (row) => row.event },
    { head: words.service, cell: (row) => row.service },
    { head: words.count, kind: 'num', cell: (row) => number(row.count) },
    { head: words.failed, kind: 'num', cell: (row) => number(row.failed), mark: (row) => (row.failed ? 'bad' : '') },
    { head: words.median, kind: 'num', cell: (row) => row.median !== null && seconds(row.median, 3) },
    { head: words.p95, kind: 'num', cell: (row) => row.p95 !== null && seconds(row.p95, 3) },
  ]
  return <Table columns={columns} rows={handled(found.is)} keyed={(row) => `${row.event}/${row.service}`} />
}

const Checking = () => <span class="note" aria-busy="true">{a().health.checking}</span>

async function models(): Promise<string[]> {
  const { data } = await call('GET', '/v1/models')
  return data.map(({ id }) => id).filter((id) => id !== 'cloister' && !id.startsWith('cloister/'))
}

async function measured(): Promise<Sample[]> {
  return samples(await (await send('GET', '/metrics')).text())
}
