import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { Icon } from '../shell/icons.tsx'
import type { Exchange } from './exchange.ts'
import { copyText } from './copy.ts'
import { withSources } from './export.ts'

/** Copy, and whether the answer helped. */
export function Opinion({ exchange }: { exchange: Exchange }) {
  const words = t().ask
  const copied = useSignal(false)
  const asked = useSignal(false)
  const thanked = useSignal(false)
  const error = useSignal<string | null>(null)
  if (exchange.state.value !== 'done') return null
  const judge = async (useful: boolean, comment = '') => {
    error.value = null
    try {
      await exchange.judge(useful, comment)
      asked.value = !useful && !comment && !thanked.value
      thanked.value = useful || comment !== ''
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  const copy = async () => {
    error.value = null
    copied.value = await copyText(withSources(exchange))
    if (!copied.value) error.value = words.notCopied
    setTimeout(() => (copied.value = false), 1500)
  }
  return (
    <footer class="opinion">
      <button type="button" class="quiet" onClick={() => void copy()}>
        <Icon name={copied.value ? 'check' : 'copy'} />
        {copied.value ? t().actions.copied : words.copyAnswer}
      </button>
      <button type="button" class="quiet" aria-pressed={exchange.useful.value === true} onClick={() => void judge(true)}>
        <Icon name="up" />
        {words.useful}
      </button>
      <button type="button" class="quiet" aria-pressed={exchange.useful.value === false} onClick={() => void judge(false)}>
        <Icon name="bad" />
        {words.wrong}
      </button>
      {asked.value && <Comment send={(comment) => void judge(false, comment)} />}
      {thanked.value && <span class="note" role="status">{words.thanks}</span>}
      {error.value && <span class="problem" role="alert">{error.value}</span>}
    </footer>
  )
}

function Comment({ send }: { send: (comment: string) => void }) {
  const words = t().ask
  const place = useRef<HTMLTextAreaElement>(null)
  useEffect(() => place.current?.focus(), [])
  return (
    <form
      class="comment"
      onSubmit={(event) => {
        event.preventDefault()
        const comment = String(new FormData(event.currentTarget as HTMLFormElement).get('comment')).trim()
        if (comment) send(comment)
      }}
    >
      <label class="field">
        <span>{words.comment}</span>
        <textarea name="comment" rows={2} maxLength={4000} ref={place} />
      </label>
      <button class="secondary">{words.sendComment}</button>
    </form>
  )
}
