import { useCallback } from 'preact/hooks'
import { list, t } from '../core/i18n.ts'
import { Markdown } from '../core/markdown.tsx'
import { CitationMark, Sources } from './cited.tsx'
import type { Exchange } from './exchange.ts'
import { Nearest } from './nearest.tsx'
import { Opinion } from './opinion.tsx'
import { BeforeAnswer } from './progress.tsx'

/** A question and its answer; without `again` it is somebody else's, to be read only. */
export function ExchangeView({ exchange, again }: { exchange: Exchange; again: (() => void) | null }) {
  return (
    <article class="exchange">
      <h2 class="question">{exchange.question}</h2>
      {exchange.without.length > 0 && <p class="note">{t().files.without(list(exchange.without))}</p>}
      <BeforeAnswer exchange={exchange} />
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
