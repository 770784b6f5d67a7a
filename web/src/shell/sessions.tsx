import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { moment, t } from '../core/i18n.ts'
import type { Session } from '../core/types.ts'
import { Dialog } from './dialog.tsx'

/** The browsers in which one is signed in, each to be ended. */
export function Sessions({ close }: { close: () => void }) {
  const words = t().sessions
  const found = useSignal<Session[] | null>(null)
  const error = useSignal<string | null>(null)
  const load = () =>
    call('GET', '/auth/sessions').then(
      ({ sessions }) => (found.value = sessions),
      (failure) => (error.value = worded(failure)),
    )
  useEffect(() => void load(), [])
  const end = async (id: string) => {
    try {
      await call('DELETE', '/auth/sessions/{id}', { path: { id } })
      await load()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <Dialog title={words.title} close={close}>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      <ul class="sessions">
        {found.value?.map((one) => (
          <li key={one.id}>
            <span>
              {browser(one.agent)}
              {one.current && <> <span class="tag good">{words.here}</span></>}
              <span class="note">{words.seen(moment(new Date(one.seen_at * 1000).toISOString()))} · {one.address}</span>
            </span>
            {!one.current && <button type="button" class="secondary" onClick={() => void end(one.id)}>{words.end}</button>}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

/** The name of a browser and its system, as far as it tells them. */
export function browser(agent: string): string {
  const name = /Edg|Firefox|Chrome|Safari/.exec(agent)?.[0]?.replace('Edg', 'Edge') ?? '?'
  const system = /Windows|Mac OS|Android|iPhone|iPad|Linux/.exec(agent)?.[0] ?? ''
  return [name, system].filter(Boolean).join(' · ')
}
