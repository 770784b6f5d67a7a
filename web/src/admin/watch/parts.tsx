import { Coded } from '../../core/coded.tsx'
import type { Found } from '../../core/found.ts'
import { labelled } from '../../core/i18n.ts'
import { Original } from '../../core/original.tsx'
import { Icon } from '../../shell/icons.tsx'
import { a } from '../words.ts'
import type { Seen, Trouble } from './checks.ts'

const ICONS = { open: 'clock', holds: 'check', fails: 'warn', absent: 'less' } as const

/** Each part of Cloister from the start, and how it is as soon as it is known. */
export function Parts({ parts }: { parts: [name: string, found: Found<Seen>][] }) {
  return (
    <div role="status" aria-busy={parts.some(([, found]) => found === null)}>
      <ul class="checks">
        {parts.map(([name, found]) => <Part key={name} name={name} found={found} />)}
      </ul>
    </div>
  )
}

function Part({ name, found }: { name: string; found: Found<Seen> }) {
  const { text, trouble = [] } = seenOf(found)
  const state = stateOf(found)
  return (
    <li class={state}>
      <Icon name={ICONS[state]} />
      <strong>{name}</strong>
      <span>{trouble.length ? trouble.map((line) => <span key={`${line.whose}/${line.said}`} class="why"><Why line={line} /></span>) : text}</span>
    </li>
  )
}

const Why = ({ line }: { line: Trouble }) =>
  line.said ? <>{labelled(line.whose, '')}<Original text={line.said} /></> : <Coded text={line.whose} />

function seenOf(found: Found<Seen>): Seen {
  if (!found) return { text: a().health.checking }
  return 'is' in found ? found.is : { text: '', trouble: [{ whose: found.failed, said: '' }] }
}

function stateOf(found: Found<Seen>): keyof typeof ICONS {
  if (!found) return 'open'
  if ('failed' in found || found.is.trouble?.length) return 'fails'
  return found.is.absent ? 'absent' : 'holds'
}
