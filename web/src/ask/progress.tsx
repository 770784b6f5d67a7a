import { useEffect, useState } from 'preact/hooks'
import { t, wait } from '../core/i18n.ts'
import { shown } from '../source/panel.tsx'
import type { Exchange } from './exchange.ts'

/** What is known before the answer: its reasoning, what was searched for, the place in the queue, what is read. */
export function BeforeAnswer({ exchange }: { exchange: Exchange }) {
  return (
    <>
      <Reasoning exchange={exchange} />
      {exchange.restarted.value && exchange.open && <p class="note">{t().ask.restart}</p>}
      <SearchedFor exchange={exchange} />
      <Waiting exchange={exchange} />
      <BeingRead exchange={exchange} />
    </>
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
