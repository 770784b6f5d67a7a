import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { go, link } from '../core/route.ts'
import type { SharedDetail } from '../core/types.ts'
import { shown, SourcePanel } from '../source/panel.tsx'
import { Exchange } from './exchange.ts'
import { named, refreshGiven } from './sharing.tsx'
import { Turns } from './turns.tsx'

/** A colleague's conversation, to be read: what one's own rights do not cover is not in it. */
export function SharedView({ owner, id }: { owner: string; id: string }) {
  const words = t().sharing
  const found = useSignal<SharedDetail | null>(null)
  const exchanges = useSignal<Exchange[]>([])
  const error = useSignal<string | null>(null)
  const path = { owner, conversation: id }
  useEffect(() => {
    shown.value = null
    call('GET', '/api/shared/{owner}/{conversation}', { path }).then(
      (detail) => {
        exchanges.value = detail.turns.map(Exchange.stored)
        found.value = detail
        document.title = `${detail.title} · Cloister`
      },
      (failure) => (error.value = worded(failure)),
    )
  }, [owner, id])
  const leave = async () => {
    try {
      await call('DELETE', '/api/shared/{owner}/{conversation}', { path })
      await refreshGiven()
      go(['ask'])
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <div class={shown.value ? 'ask with-source' : 'ask'}>
      <main class="thread" id="content" tabIndex={-1} aria-label={words.given}>
        <div class="turns">
          <div class="column">
            {error.value && <p class="problem" role="alert">{error.value}</p>}
            {!found.value && !error.value && <div class="loading" aria-busy="true" />}
            {found.value && (
              <>
                <h1 class="hidden">{found.value.title}</h1>
                <p class="banner">
                  {words.by(named(owner))}{' '}
                  <a href={link('ask')}>{words.own}</a>{' · '}
                  <button type="button" class="textual" onClick={() => void leave()}>{words.leave}</button>
                </p>
                <Turns exchanges={exchanges.value} again={null} />
              </>
            )}
          </div>
        </div>
      </main>
      <SourcePanel />
    </div>
  )
}
