import { signal, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { call } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { go } from '../core/route.ts'
import { me } from '../core/session.ts'
import { open as openDocument } from '../ask/fresh.tsx'
import { Dialog } from './dialog.tsx'

export const finding = signal(false)

// Preact's types want a datalist for it.
const COMBOBOX: object = { role: 'combobox', type: 'search' }

interface Hit {
  kind: 'questions' | 'documents' | 'headings'
  title: string
  /** The document that a heading is in. */
  within?: string | undefined
  open: () => void
}

/** Questions, documents and their headings, while one types. Arrow keys choose, Enter opens. */
export function Finder() {
  const text = useSignal('')
  const hits = useSignal<Hit[]>([])
  /** What the hits are for; what is typed may be newer. */
  const sought = useSignal<string | null>(null)
  const chosen = useSignal(false)
  const at = useSignal(0)
  const list = useRef<HTMLUListElement>(null)
  const close = () => (finding.value = false)
  const choose = (hit: Hit | undefined) => {
    if (!hit) return
    close()
    hit.open()
  }
  useEffect(() => {
    if (!me.value) return // it opens before it is known who types
    const called = new AbortController()
    const timer = setTimeout(() => {
      look(text.value.trim(), called.signal).then(
        (found) => {
          hits.value = found
          sought.value = text.value
          at.value = 0
          if (chosen.value) choose(found[0])
        },
        () => {
          // Typed on: a newer look is under way.
        },
      )
    }, 60)
    return () => {
      clearTimeout(timer)
      called.abort()
    }
  }, [text.value, me.value])
  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' }), [at.value])
  const type = (typed: string) => {
    text.value = typed
    chosen.value = false
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Safari says only by 229 that Enter ends an input method's word.
    if (event.isComposing || event.keyCode === 229) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) at.value = (at.value + step + hits.value.length) % Math.max(1, hits.value.length)
    else if (event.key === 'Enter' && sought.value !== text.value) chosen.value = true // the hits are on their way
    else if (event.key === 'Enter') choose(hits.value[at.value])
    else return
    event.preventDefault()
  }
  const words = t().finder
  return (
    <Dialog title={words.title} close={close} kind="finder">
      <input
        {...COMBOBOX}
        aria-expanded="true"
        aria-controls="finder-list"
        aria-activedescendant={hits.value.length ? `hit-${at.value}` : undefined}
        aria-label={words.placeholder}
        placeholder={words.placeholder}
        autofocus
        value={text.value}
        onInput={(event) => type((event.currentTarget as HTMLInputElement).value)}
        onKeyDown={onKeyDown}
      />
      <ul id="finder-list" role="listbox" aria-label={words.title} ref={list}>
        {hits.value.map((hit, i) => (
          <li key={i} id={`hit-${i}`} role="option" aria-selected={i === at.value} onClick={() => choose(hit)}>
            <span class="hit-title">{hit.title}{hit.within && <span class="note hit-place">{hit.within}</span>}</span>
            <span class="note">{words[hit.kind]}</span>
          </li>
        ))}
      </ul>
      {!hits.value.length && text.value && <p class="note">{words.none}</p>}
    </Dialog>
  )
}

async function look(text: string, called: AbortSignal): Promise<Hit[]> {
  const sent = { signal: called }
  const [asked, found] = await Promise.all([
    call('GET', '/api/conversations', { query: { q: text, limit: 6 }, ...sent }),
    text ? call('GET', '/api/find', { query: { q: text, limit: 12 }, ...sent }) : { places: [] },
  ])
  return [
    ...asked.conversations.map((one): Hit => ({
      kind: 'questions', title: one.title, open: () => go(['ask', one.conversation]),
    })),
    ...found.places.map((one): Hit => ({
      kind: one.heading ? 'headings' : 'documents',
      title: one.heading || one.title,
      within: one.heading ? `${one.title}, ${t().ask.page(one.page)}` : undefined,
      open: () => {
        go(['ask'])
        setTimeout(() => openDocument(one))
      },
    })),
  ]
}
