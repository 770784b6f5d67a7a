import { useEffect, useRef } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { Icon } from '../shell/icons.tsx'
import type { Conversation } from './conversation.ts'
import { Scope } from './scope.tsx'

/** Where a question is written. What is typed is kept until it is asked. */
export function Composer({ current, ask }: { current: Conversation; ask: (question: string) => void }) {
  const place = useRef<HTMLTextAreaElement>(null)
  const words = t().ask
  const busy = current.busy
  const text = current.draft.value
  useEffect(() => place.current?.focus({ preventScroll: true }), [current])
  useEffect(() => grow(place.current), [text])
  const submit = () => {
    const question = text.trim()
    if (!question || busy) return
    current.write('')
    ask(question)
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <label class="hidden" for="question">{words.label}</label>
      <textarea
        id="question"
        ref={place}
        rows={1}
        value={text}
        placeholder={current.exchanges.value.length ? words.followUp : words.placeholder}
        aria-describedby="question-hint"
        onInput={(event) => current.write((event.currentTarget as HTMLTextAreaElement).value)}
        onKeyDown={(event) => {
          // Enter that ends an input method's word is no question; Safari says so only by 229.
          const composing = event.isComposing || event.keyCode === 229
          if (event.key !== 'Enter' || event.shiftKey || composing) return
          event.preventDefault()
          submit()
        }}
      />
      <div class="composer-foot">
        <Scope />
        <span class="hint" id="question-hint">{words.hint}</span>
        {busy ? (
          <button type="button" class="primary round" aria-label={words.stop} onClick={() => void busy.stop()}>
            <Icon name="stop" />
          </button>
        ) : (
          <button class="primary round" aria-label={words.send} disabled={!text.trim()}>
            <Icon name="send" />
          </button>
        )}
      </div>
    </form>
  )
}

function grow(place: HTMLTextAreaElement | null): void {
  if (!place) return
  place.style.height = 'auto'
  place.style.height = `${Math.min(place.scrollHeight, 220)}px`
}
