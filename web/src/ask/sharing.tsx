import { signal, useSignal, type Signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { call } from '../core/http.ts'
import { moment, t } from '../core/i18n.ts'
import { Resource } from '../core/resource.ts'
import { link, route } from '../core/route.ts'
import type { SharedConversation } from '../core/types.ts'
import { drawer } from '../shell/app.tsx'
import { Dialog } from '../shell/dialog.tsx'

export const given: Signal<SharedConversation[]> = signal([])
export const named = (principal: string): string => principal.replace(/^person:/, '')

/** What colleagues share with the reader. Without it the own list is there all the same. */
export const refreshGiven = (): Promise<void> =>
  call('GET', '/api/shared').then(
    ({ conversations }) => void (given.value = conversations),
    () => {
      // The list of one's own says when the service is away.
    },
  )

export function SharedList() {
  useEffect(() => void refreshGiven(), [])
  if (!given.value.length) return null
  return (
    <div>
      <h2>{t().sharing.given}</h2>
      <ul>
        {given.value.map((one) => {
          const here = route.value[0] === 'shared' && route.value[1] === one.owner && route.value[2] === one.conversation
          return (
            <li key={`${one.owner}/${one.conversation}`} class={here ? 'here' : ''}>
              <a
                href={link('shared', one.owner, one.conversation)}
                aria-current={here ? 'page' : undefined}
                title={`${one.title} · ${named(one.owner)}`}
                onClick={() => (drawer.value = false)}
              >
                <span class="note">{named(one.owner)}</span> {one.title}
              </a>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

/** With whom one's conversation is shared; add a colleague, take one away. */
export function ShareDialog({ id, close }: { id: string; close: () => void }) {
  const words = t().sharing
  const shares = useMemo(() => new Resource('/api/conversations/{conversation}/shares', 'shares', { conversation: id }), [id])
  const { items, error } = shares
  const to = useSignal('')
  useEffect(() => void shares.load(), [shares])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const name = to.value.trim()
    if (name && await shares.make({ to: name })) to.value = ''
  }
  return (
    <Dialog title={words.title} close={close} kind="small">
      <p class="note">{words.help}</p>
      <form class="share" onSubmit={submit}>
        <label class="field">
          <span>{words.with}</span>
          <input
            value={to.value} maxLength={100} autocapitalize="none" spellcheck={false} autofocus
            onInput={(event) => (to.value = (event.currentTarget as HTMLInputElement).value)}
          />
        </label>
        <button class="primary" disabled={!to.value.trim()}>{words.add}</button>
      </form>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {items.value?.length === 0 && <p class="note">{words.nobody}</p>}
      <ul class="sessions">
        {items.value?.map((one) => (
          <li key={one.to}>
            <span>{named(one.to)} <span class="note">{words.since(moment(one.at))}</span></span>
            <button type="button" class="secondary" onClick={() => void shares.remove(one.to)}>
              {words.stop(named(one.to))}
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
