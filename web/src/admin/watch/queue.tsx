import { useSignal } from '@preact/signals'
import { Coded } from '../../core/coded.tsx'
import { call, worded } from '../../core/http.ts'
import { number, seconds, wait } from '../../core/i18n.ts'
import { useRepeated } from '../../core/repeated.ts'
import type { PoolState } from '../../core/types.ts'
import { a } from '../words.ts'
import { type Column, Table } from '../../shell/table.tsx'
import { Card, Spark } from './figures.tsx'

const EVERY = 2000 // ms
const KEPT = 150 // looks: five minutes
const LANES = ['interactive', 'system', 'batch'] as const

export const sum = (counts: number[]): number => counts.reduce((all, one) => all + one, 0)
export const waiting = (pools: PoolState[]): number => sum(pools.flatMap((one) => Object.values(one.waiting)))

/** What waits for a worker and who works, looked at again and again. */
export function Queue() {
  const words = a().queue
  const state = useSignal<PoolState[] | null>(null)
  const seen = useSignal<number[]>([])
  const error = useSignal<string | null>(null)
  useRepeated(async () => {
    try {
      const { pools } = await call('GET', '/api/queue')
      state.value = pools
      seen.value = [...seen.value, waiting(pools)].slice(-KEPT)
      error.value = null
    } catch (failure) {
      error.value = worded(failure)
    }
  }, EVERY)
  const pools = state.value
  if (error.value && !pools) return <p class="problem" role="alert">{error.value}</p>
  if (!pools) return <div class="loading" aria-busy="true" />
  const slots = sum(pools.map((one) => one.slots))
  const next = Math.max(0, ...pools.map((one) => one.wait_seconds ?? 0))
  return (
    <section class="stack">
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {slots === 0 && <p class="banner" role="status"><Coded text={words.nobody} /></p>}
      <div class="cards">
        <Card label={words.waiting} value={number(waiting(pools))} below={<Spark values={seen.value} label={words.lately} />} />
        <Card label={words.answering} value={`${number(sum(pools.map((one) => one.answering)))} / ${number(slots)}`} below={<span class="note">{words.slots}</span>} />
        <Card label={words.next} value={next ? wait(next) : words.atOnce} />
        <Card label={words.oldest} value={longest(pools)} />
      </div>
      {pools.map((pool) => <Pool key={pool.pool} pool={pool} />)}
      <p class="note">{words.help}</p>
    </section>
  )
}

function longest(pools: PoolState[]): string {
  const oldest = Math.max(0, ...pools.map((one) => one.oldest_seconds))
  return oldest ? wait(oldest) : '–'
}

function Pool({ pool }: { pool: PoolState }) {
  const words = a().queue
  const columns: Column<PoolState['workers'][number]>[] = [
    { head: words.worker, kind: 'title', cell: (one) => one.worker },
    { head: words.busy, cell: (one) => <><meter min={0} max={Math.max(one.slots, 1)} value={one.busy} aria-label={words.busy} /> {one.busy} / {one.slots}</> },
    { head: words.models, kind: 'wrap', cell: (one) => <><span class="tags">{one.models.map((name) => <span key={name} class="tag">{name}</span>)}</span>{!one.models.length && <span class="tag bad">{words.away}</span>}</> },
  ]
  return (
    <section class="panel">
      <header class="row">
        <h2 class="small-head">{words.pool} {pool.pool}</h2>
        <span class="note">{words.pace(seconds(pool.answer_seconds, 1))}</span>
      </header>
      <dl class="lanes">
        {LANES.map((lane) => <div key={lane}><dt>{words.lanes[lane]}</dt><dd>{number(pool.waiting[lane] ?? 0)}</dd></div>)}
      </dl>
      <Table columns={columns} rows={pool.workers} keyed={(one) => one.worker} />
      {!pool.workers.length && <p class="note">{words.noWorker}</p>}
    </section>
  )
}
