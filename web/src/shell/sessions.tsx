import { useEffect, useMemo } from 'preact/hooks'
import { moment, t } from '../core/i18n.ts'
import { Resource } from '../core/resource.ts'
import { Dialog } from './dialog.tsx'

/** The browsers in which one is signed in, each to be ended. */
export function Sessions({ close }: { close: () => void }) {
  const words = t().sessions
  const sessions = useMemo(() => new Resource('/auth/sessions', 'sessions'), [])
  useEffect(() => void sessions.load(), [])
  return (
    <Dialog title={words.title} close={close}>
      {sessions.error.value && <p class="problem" role="alert">{sessions.error.value}</p>}
      <ul class="sessions">
        {sessions.items.value?.map((one) => (
          <li key={one.id}>
            <span>
              {browser(one.agent)}
              {one.current && <> <span class="tag good">{words.here}</span></>}
              <span class="note">{words.seen(moment(new Date(one.seen_at * 1000).toISOString()))} · {one.address}</span>
            </span>
            {!one.current && <button type="button" class="secondary" onClick={() => void sessions.remove(one.id)}>{words.end}</button>}
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
