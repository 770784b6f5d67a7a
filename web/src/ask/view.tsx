import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { plain } from '../core/plain.ts'
import { go } from '../core/route.ts'
import { askable, me } from '../core/session.ts'
import { shown, SourcePanel } from '../source/panel.tsx'
import { Icon } from '../shell/icons.tsx'
import { Composer } from './composer.tsx'
import { fresh, opened, type Conversation } from './conversation.ts'
import type { Exchange } from './exchange.ts'
import { Fresh } from './fresh.tsx'
import { Starting } from './starting.tsx'
import { Turns } from './turns.tsx'

/** A conversation; without `id` a new one, which gets its address with its first question. */
export function Ask({ id }: { id: string | undefined }) {
  const current = id === undefined ? fresh() : opened(id)
  useEffect(() => {
    shown.value = null
    document.title = `${current.title.value || t().ask.title} · Cloister`
  }, [current])
  return (
    <div class={shown.value ? 'ask with-source' : 'ask'}>
      <Thread key={current.id} current={current} />
      <SourcePanel />
    </div>
  )
}

function Thread({ current }: { current: Conversation }) {
  const place = useRef<HTMLElement>(null)
  const away = useSignal(false)
  const empty = current.exchanges.value.length === 0
  useFollow(place, away, current)
  const ask = (question: string) => {
    go(['ask', current.id], true)
    away.value = false
    void current.ask(question)
  }
  return (
    <main class={empty ? 'thread empty' : 'thread'} id="content" tabIndex={-1} aria-label={t().ask.title}>
      <div class="turns" ref={place as never} onScroll={() => (away.value = !atBottom(place.current))}>
        <div class="column">
          {current.loading.value && <div class="loading" aria-busy="true" />}
          {current.error.value && <p class="problem" role="alert">{current.error.value}</p>}
          {empty && !current.loading.value && !current.error.value && <Greeting />}
          {!empty && <h1 class="hidden">{current.title.value}</h1>}
          {!empty && <Turns exchanges={current.exchanges.value} again={ask} />}
        </div>
      </div>
      <div class="dock">
        {away.value && !empty && (
          <button type="button" class="newest" onClick={() => toBottom(place.current)}>
            <Icon name="down" />
            {t().ask.newest}
          </button>
        )}
        <div class="column">
          <Composer current={current} ask={ask} />
          {empty && !current.loading.value && <Starting ask={ask} />}
          {empty && !current.loading.value && <Fresh />}
        </div>
      </div>
      <Announcer current={current} />
    </main>
  )
}

function Greeting() {
  return (
    <div class="greeting">
      <h1>{t().ask.greeting(me.value?.name ?? '')}</h1>
      {askable.value.length === 0 && <p class="problem">{t().ask.noWorkspace}</p>}
    </div>
  )
}

/** In a polite live region: what is waited for, then the answer once when it is complete, not each token. */
function Announcer({ current }: { current: Conversation }) {
  const last = current.exchanges.value.at(-1)
  const state = last?.state.value
  const said = !last?.live || state === undefined ? '' : {
    asking: waitingFor(last), writing: t().ask.stillWriting, done: t().ask.answerDone(brief(last.text.value), last.used.length), stopped: t().ask.stopped,
    failed: last.error.value?.message ?? '', cut: t().ask.cut, withheld: t().ask.withheld,
  }[state]
  return <div class={state === 'done' ? 'hidden excerpt' : 'hidden'} role="status" aria-live="polite">{said}</div>
}

function waitingFor({ progress }: Exchange): string {
  const position = progress.value?.stage === 'waiting' ? progress.value.position : null
  return position ? t().ask.queue(position) : t().ask.stages.asked
}

const SPOKEN = 600 // characters: about a minute; more is read where it stands

function brief(text: string): string {
  const line = plain(text)
  return line.length > SPOKEN ? `${line.slice(0, SPOKEN)} …` : line
}

const atBottom = (place: HTMLElement | null): boolean =>
  !place || place.scrollHeight - place.scrollTop - place.clientHeight < 80

function toBottom(place: HTMLElement | null): void {
  place?.scrollTo({ top: place.scrollHeight })
}

/** Stays at the newest line only while the reader is there. */
function useFollow(place: { current: HTMLElement | null }, away: { value: boolean }, current: Conversation): void {
  useEffect(() => {
    const inside = place.current?.firstElementChild
    if (!inside) return
    const watch = new ResizeObserver(() => {
      if (!away.value) toBottom(place.current)
    })
    watch.observe(inside)
    return () => watch.disconnect()
  }, [current])
}
