import { t } from '../core/i18n.ts'
import type { Citation } from '../core/types.ts'
import { shown } from '../source/panel.tsx'
import type { Exchange } from './exchange.ts'

const JOINER = '\u2060'

/** `[n]` in the text: a button, also for the keyboard, that opens the passage beside the answer. */
export function CitationMark({ n, citation }: { n: number; citation: Citation | undefined }) {
  // A mark stays with its word, and what ends the sentence with the mark.
  if (!citation) return <>{JOINER}<span class="cite pending">{n}</span>{JOINER}</>
  return (
    <>{JOINER}<button
      type="button"
      class="cite"
      aria-label={t().ask.showSource(n, citation.title)}
      aria-pressed={shown.value === citation}
      title={`${citation.title} · ${t().ask.page(citation.page)}`}
      onClick={() => (shown.value = citation)}
    >
      {n}
    </button>{JOINER}</>
  )
}

/** The sources below an answer: those that it uses, then those that were only found. */
export function Sources({ exchange }: { exchange: Exchange }) {
  const words = t().ask
  const cited = exchange.citations.value
  return (
    <>
      <SourceList title={words.sources} cited={exchange.used} />
      <SourceList title={words.alsoFound} cited={cited.filter((one) => one.used === false)} />
    </>
  )
}

function SourceList({ title, cited }: { title: string; cited: Citation[] }) {
  const words = t().ask
  if (!cited.length) return null
  return (
    <section class="sources" aria-label={title}>
      <h3>{title}</h3>
      <ol>
        {cited.map((one) => (
          <li key={one.n}>
            <button type="button" aria-pressed={shown.value === one} onClick={() => (shown.value = one)}>
              <span class="cite" aria-hidden="true">{one.n}</span>
              <span class="source-title">{one.title}</span>
              <span class="source-place">
                {one.data ? words.data : words.page(one.page)}
                {one.heading && ` · ${one.heading}`}
              </span>
              {one.superseded && <span class="tag warn">{words.superseded}</span>}
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
