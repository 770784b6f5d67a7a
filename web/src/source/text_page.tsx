import { useSignal, type Signal } from '@preact/signals'
import type { Ref } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Refusal } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import type { PageText } from '../core/types.ts'
import type { Marked } from './passage.tsx'
import { SheetTable } from './sheet_table.tsx'
import { blocks } from './tables.ts'

type Found = Pick<PageText, 'text' | 'start' | 'end'>

interface Asked {
  read: (page: number, quote: string) => Promise<Found>
  page: number
  quote: string
  marked: Signal<Marked>
  failed: (why: unknown) => void
  /** Lines that begin with # are headings, as readers of documents write them. */
  headings: boolean
}

/** The text of a page as it was read, its tables as tables, the quote marked by the server's own search. */
export function TextPage({ read, page, quote, marked, failed, headings }: Asked) {
  const found = useSignal<Found | null>(null)
  const missing = useSignal<string | null>(null)
  const mark = useRef<HTMLElement>(null)
  useEffect(() => {
    found.value = missing.value = null
    marked.value = 'looking'
    read(page, quote).then(
      (text) => {
        found.value = text
        marked.value = typeof text.start === 'number' ? 'found' : 'missing'
      },
      (failure) => {
        if (failure instanceof Refusal && failure.reason === 'page_not_found') missing.value = failure.message
        else failed(failure)
      },
    )
  }, [page, quote])
  useEffect(() => mark.current?.scrollIntoView({ block: 'center' }), [found.value])
  if (missing.value) return <p class="note">{missing.value}</p>
  if (!found.value) return <p class="note" aria-busy="true">{t().source.loading}</p>
  const { text, start, end } = found.value
  const quoted = typeof start === 'number' && typeof end === 'number' ? { start, end } : { start: 0, end: 0 }
  return (
    <div class="page-text">
      {blocks(text, headings).map((block, i) =>
        block.kind === 'table'
          ? <SheetTable key={i} table={block} {...quoted} mark={mark} />
          : <TextBlock key={i} heading={block.kind === 'heading'} text={block.text} start={quoted.start - block.start} end={quoted.end - block.start} mark={mark} />,
      )}
    </div>
  )
}

const SIGNS = 8 // characters that may stand before a heading: ###### and spaces

interface Marking {
  heading: boolean
  text: string
  start: number
  end: number
  mark: Ref<HTMLElement>
}

function TextBlock({ heading, text, start, end, mark }: Marking) {
  const face = heading ? 'page-heading' : ''
  const all = [...text]
  const [from, to] = [Math.max(0, start), Math.min(all.length, end)]
  const marked = all.slice(from, to).join('')
  if (from >= to || !marked.trim()) return <pre class={face}>{text}</pre>
  return (
    <pre class={face}>
      {all.slice(0, from).join('')}
      <mark ref={start >= (heading ? -SIGNS : 0) ? mark : null}>{marked}</mark>
      {all.slice(to).join('')}
    </pre>
  )
}
