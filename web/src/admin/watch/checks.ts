import type { Found } from '../../core/found.ts'
import { call, Refusal, send } from '../../core/http.ts'
import { language, number, percent } from '../../core/i18n.ts'
import { a } from '../words.ts'
import type { Sample } from './metrics.ts'
import { sum, waiting } from './queue.tsx'

/** How a part is: well where it has no trouble. `absent`: it is not set up, or not seen from here. */
export interface Seen {
  text: string
  trouble?: Trouble[]
  absent?: boolean
}

/** Whose trouble it is, in the page's words, and the server's own about it. */
export interface Trouble {
  whose: string
  said: string
}

/** What `/readyz` says of every service. */
export async function services(): Promise<Seen> {
  const words = a().health
  try {
    const { problems } = (await (await fetch('/readyz')).json()) as { problems: Record<string, string> }
    return { text: words.ready, trouble: Object.entries(problems).map(([name, said]) => ({ whose: called(name), said })) }
  } catch {
    throw new Error(words.unreachable)
  }
}

/** A check of `/readyz`, such as `retrieval.index`. */
function called(name: string): string {
  const parts: Record<string, string> = a().health.parts
  return name.split('.').map((one) => parts[one] ?? one).join(' · ')
}

/** The share that retrieval reports in the metrics, where it runs in the gateway's process. */
export function indexOf(metrics: Found<Sample[]>): Found<Seen> {
  if (metrics === null || 'failed' in metrics) return metrics
  const words = a().health
  const share = metrics.is.find((one) => one.name === 'cloister_index_share')?.value
  if (share === undefined) return { is: { text: words.indexElsewhere, absent: true } }
  return { is: { text: share < 1 ? words.index(percent(share)) : words.whole } }
}

export async function workers(): Promise<Seen> {
  const { pools } = await call('GET', '/api/queue')
  const slots = sum(pools.map((one) => one.slots))
  const text = a().health.workersSeen(number(sum(pools.map((one) => one.workers.length))), number(slots), number(waiting(pools)))
  return { text, trouble: slots ? [] : [{ whose: a().queue.nobody, said: '' }] }
}

export async function auditLog(): Promise<Seen> {
  const words = a().health
  const reply = await unless('checkpoint_not_found', () => send('GET', '/api/audit/checkpoint'))
  if (!reply) return { text: words.unsigned, absent: true }
  // A C2SP checkpoint: the log's name, its size, its root hash, then signatures.
  const [, size = '0'] = (await reply.text()).split('\n')
  return { text: words.signed(number(Number(size))) }
}

export async function dataSources(): Promise<Seen> {
  const words = a().health
  const { sources } = await call('GET', '/api/data/sources', { query: { language: language.value } })
  if (!sources.length) return { text: words.absent, absent: true }
  const trouble = sources.flatMap((one) => one.problems.map((said) => ({ whose: one.title, said })))
  return { text: words.sourcesSeen(number(sources.length)), trouble }
}

export async function directory(): Promise<Seen> {
  const found = await unless('no_company_sign_in', () => call('GET', '/api/directory'))
  if (!found) return { text: a().health.absent, absent: true }
  const trouble = (found.problems ?? []).map((said) => ({ whose: found.issuer, said }))
  return { text: a().directory.has(number(found.people), number(found.groups)), trouble }
}

/** Null for this refusal, which is no trouble. */
async function unless<T>(reason: string, look: () => Promise<T>): Promise<T | null> {
  try {
    return await look()
  } catch (failure) {
    if (failure instanceof Refusal && failure.reason === reason) return null
    throw failure
  }
}
