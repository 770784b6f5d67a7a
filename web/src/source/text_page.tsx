import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { call, query, Refusal } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import type { PageText } from '../core/types.ts'
import type { Marked } from './passage.tsx'

type Found = Pick<PageText, 'text' | 'start' | 'end'>

interface Asked {
  /** The address of what has pages. */
  place: string
  page: number
  quote: string
  marked: Signal<Marked>
  failed: (why: unknown) => void
}

/** The text of a page as it was read, the quote marked by the server's own search. */
export function TextPage({ place, page, quote, marked, failed }: Asked) {
  const found = useSignal<Found | null>(null)
  const missing = useSignal<string | null>(null)
  const mark = useRef<HTMLElement>(null)
  useEffect(() => {
    found.value = missing.value = null
    marked.value = 'looking'
    call<Found>('GET', `${place}/pages/${page}${query({ quote })}`).then(
      (text) => {
        found.value = text
        marked.value = typeof text.start === 'number' ? 'found' : 'missing'
      },
      (failure) => {
        if (failure instanceof Refusal && failure.reason === 'page_not_found') missing.value = failure.message
        else failed(failure)
      },
    )
  }, [place, page, quote])
  useEffect(() => mark.current?.scrollIntoView({ block: 'center' }), [found.value])
  if (missing.value) return <p class="note">{missing.value}</p>
  if (!found.value) return <p class="note" aria-busy="true">{t().source.loading}</p>
  const { text, start, end } = found.value
  if (typeof start !== 'number' || typeof end !== 'number') return <pre class="page-text">{text}</pre>
  return (
    <pre class="page-text">
      {chars(text, 0, start)}
      <mark ref={mark}>{chars(text, start, end)}</mark>
      {chars(text, end)}
    </pre>
  )
}

/** The server counts characters, JavaScript counts halves of those outside of the basic plane. */
const chars = (text: string, from: number, to?: number): string => [...text].slice(from, to).join('')
