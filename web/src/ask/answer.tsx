import { useCallback, useEffect, useState } from 'preact/hooks'
import { t, wait } from '../core/i18n.ts'
import { Markdown } from '../core/markdown.tsx'
import type { Citation } from '../core/types.ts'
import { shown } from '../source/panel.tsx'
import type { Exchange } from './exchange.ts'
import { Nearest } from './nearest.tsx'
import { Opinion } from './opinion.tsx'

/** A question and its answer; without `again` it is somebody else's, to be read only. */
export function ExchangeView({ exchange, again }: { exchange: Exchange; again: (() => void) | null }) {
  return (
    <article class="exchange">
      <h2 class="question">{exchange.question}</h2>
      <Reasoning exchange={exchange} />
      {exchange.restarted.value && exchange.open && <p class="note">{t().ask.restart}</p>}
      <SearchedFor exchange={exchange} />
      <Waiting exchange={exchange} />
      <BeingRead exchange={exchange} />
      <AnswerText exchange={exchange} />
      {exchange.unfounded.value.length > 0 && <p class="banner">{t().ask.unfounded(exchange.unfounded.value.join(', '))}</p>}
      <Ending exchange={exchange} again={again} />
      <Sources exchange={exchange} />
      {again && <Nearest exchange={exchange} />}
      {again && <Opinion exchange={exchange} />}
    </article>
  )
}

function AnswerText({ exchange }: { exchange: Exchange }) {
  const cited = exchange.citations.value
  const mark = useCallback(
    (n: number) => <CitationMark key={n} n={n} citation={cited.find((one) => one.n === n)} />,
    [cited],
  )
  return (
    <div class="answer" aria-busy={exchange.open}>
      {exchange.text.value && <Markdown text={exchange.text.value} mark={mark} />}
    </div>
  )
}

const JOINER = '\u2060'

/** `[n]` in the text: a button, also for the keyboard, that opens the passage beside the answer. */
function CitationMark({ n, citation }: { n: number; citation: Citation | undefined }) {
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

function Reasoning({ exchange }: { exchange: Exchange }) {
  const text = exchange.reasoning.value
  if (!text) return null
  return (
    <details class="reasoning">
      <summary>{t().ask.reasoning}</summary>
      <p>{text}</p>
    </details>
  )
}

/** What a model planned to look for beside the question itself. */
function SearchedFor({ exchange }: { exchange: Exchange }) {
  const searches = exchange.progress.value?.searches ?? []
  return searches.length ? <p class="note searched-for">{t().ask.searched(searches)}</p> : null
}

const USUAL = 15_000 // milliseconds in which a step without a queue is done or begins to write

/** Whether a step without a queue takes longer than usual. */
function useLate(queued: boolean): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    setLate(false)
    const timer = setTimeout(() => setLate(true), USUAL)
    return () => clearTimeout(timer)
  }, [queued])
  return late
}

function Waiting({ exchange }: { exchange: Exchange }) {
  const { stage, position, wait_seconds } = exchange.progress.value ?? {}
  const queued = stage === 'waiting' && position
  const late = useLate(Boolean(queued))
  if (exchange.state.value !== 'asking' || exchange.broken.value) return null
  const words = t().ask
  const text = queued ? words.queue(position) : words.stages[(stage ?? 'asked') as keyof typeof words.stages]
  return (
    <>
      <p class="waiting">
        <span class="pulse" aria-hidden="true" />
        {text}
        {queued && wait_seconds ? ` · ${words.about(wait(wait_seconds))}` : ''}
      </p>
      {late && !queued && <p class="note" role="status">{words.late}</p>}
    </>
  )
}

/** What retrieval found, before the first word is written of it; folded while the answer is written. */
function BeingRead({ exchange }: { exchange: Exchange }) {
  const sources = exchange.sources.value
  if (!exchange.open || !sources.length) return null
  return (
    <details class="being-read" open={!exchange.text.value}>
      <summary class="note">{t().ask.found(sources.length)}</summary>
      <ul>
        {sources.map((one) => (
          <li key={`${one.document_id}/${one.page}`}>
            <button type="button" onClick={() => (shown.value = { heading: '', ...one, n: 0, quote: '', superseded: false, newest: 0 })}>
              <span class="source-title">{one.title}</span>
              <span class="source-place">{t().ask.page(one.page)}{one.heading && ` · ${one.heading}`}</span>
            </button>
          </li>
        ))}
      </ul>
    </details>
  )
}

function Ending({ exchange, again }: { exchange: Exchange; again: (() => void) | null }) {
  const words = t().ask
  const retry = again && <button type="button" class="textual" onClick={again}>{words.askAgain}</button>
  switch (exchange.state.value) {
    case 'stopped':
      return <p class="note">{words.stopped} {retry}</p>
    case 'failed':
      return <p class="problem" role="alert">{exchange.error.value?.message} {retry}</p>
    case 'withheld':
      return <p class="note">{again ? words.withheld : t().sharing.withheld} {retry}</p>
    case 'cut':
      return (
        <p class="problem" role="alert">
          {words.cut}{' '}
          <button type="button" class="textual" onClick={() => void exchange.resume()}>{words.resume}</button>{' '}
          {retry}
        </p>
      )
    default:
      return exchange.open && exchange.broken.value ? <Reconnecting /> : null
  }
}

const Reconnecting = () => <p class="waiting"><span class="pulse" aria-hidden="true" />{t().ask.reconnecting}</p>

function Sources({ exchange }: { exchange: Exchange }) {
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
