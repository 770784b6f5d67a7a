import { useSignal } from '@preact/signals'
import { Coded } from '../../core/coded.tsx'
import { Original } from '../../core/original.tsx'
import { call, send } from '../../core/http.ts'
import { labelled, number, percent } from '../../core/i18n.ts'
import { useRepeated } from '../../core/repeated.ts'
import { Icon } from '../../shell/icons.tsx'
import { a } from '../words.ts'
import { sum, waiting } from './queue.tsx'

interface Part {
  name: string
  seen: string
  trouble: Trouble[]
}

/** Whose trouble it is, in the page's words, and the server's own about it. */
interface Trouble {
  whose: string
  said: string
}

/** Each part of Cloister: how it is, and what to do where it is not well. A part that is not set up is left out. */
export function Parts({ problems, index }: { problems: Record<string, string>; index: number | null }) {
  const words = a().health
  const found = useSignal<Part[]>([])
  useRepeated(async () => {
    const parts = await Promise.all(LOOKS.map((one) => one().catch(() => null)))
    found.value = parts.filter((one) => one !== null)
  }, 30_000)
  const trouble = Object.entries(problems).map(([name, said]) => ({ whose: called(name), said }))
  const parts: Part[] = [{ name: words.services, seen: trouble.length ? '' : words.ready, trouble }]
  if (index !== null) parts.push({ name: words.indexName, seen: index < 1 ? words.index(percent(index)) : words.whole, trouble: [] })
  return (
    <div role="status">
      <ul class="checks">
        {[...parts, ...found.value].map((part) => (
          <li key={part.name} class={part.trouble.length ? 'fails' : 'holds'}>
            <Icon name={part.trouble.length ? 'warn' : 'check'} />
            <strong>{part.name}</strong>
            <span>{part.seen}{part.trouble.map((line) => <span key={line.said} class="why">{line.said ? <>{labelled(line.whose, '')}<Original text={line.said} /></> : <Coded text={line.whose} />}</span>)}</span>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** A check of `/readyz`, such as `retrieval.index`. */
function called(name: string): string {
  const parts: Record<string, string> = a().health.parts
  return name.split('.').map((one) => parts[one] ?? one).join(' · ')
}

const LOOKS: (() => Promise<Part>)[] = [
  async () => {
    const words = a().health
    const { pools } = await call('GET', '/api/queue')
    const slots = sum(pools.map((one) => one.slots))
    const workers = sum(pools.map((one) => one.workers.length))
    return { name: words.workers, seen: words.workersSeen(number(workers), number(slots), number(waiting(pools))), trouble: slots ? [] : [{ whose: a().queue.nobody, said: '' }] }
  },
  async () => {
    const words = a().health
    // A C2SP checkpoint: the log's name, its size, its root hash, then signatures.
    const [, size = '0'] = (await (await send('GET', '/api/audit/checkpoint')).text()).split('\n')
    return { name: a().audit, seen: words.signed(number(Number(size))), trouble: [] }
  },
  async () => {
    const words = a().health
    const { sources } = await call('GET', '/api/data/sources')
    if (!sources.length) throw new Error('none is declared')
    const trouble = sources.flatMap((one) => one.problems.map((said) => ({ whose: one.title, said })))
    return { name: a().sources.title, seen: words.sourcesSeen(number(sources.length)), trouble }
  },
  async () => {
    const found = await call('GET', '/api/directory')
    return { name: a().directory.title, seen: a().directory.has(number(found.people), number(found.groups)), trouble: (found.problems ?? []).map((said) => ({ whose: found.issuer, said })) }
  },
]
