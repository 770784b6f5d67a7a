import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { Icon } from '../shell/icons.tsx'
import type { Conversation } from './conversation.ts'
import { FileList } from './file_list.tsx'
import { Scenarios } from './scenarios.tsx'
import { Scope } from './scope.tsx'

/** Where a question is written. What is typed is kept until it is asked. */
export function Composer({ current, ask }: { current: Conversation; ask: (question: string) => void }) {
  const place = useRef<HTMLTextAreaElement>(null)
  const picker = useRef<HTMLInputElement>(null)
  const over = useSignal(false)
  const words = t().ask
  const busy = current.busy
  const text = current.draft.value
  useEffect(() => place.current?.focus({ preventScroll: true }), [current])
  useEffect(() => grow(place.current), [text])
  const submit = () => {
    const question = text.trim()
    if (!question || busy || current.files.reading) return
    current.write('')
    ask(question)
  }
  return (
    <form
      class={over.value ? 'composer over' : 'composer'}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return
        event.preventDefault()
        over.value = true
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        over.value = false
        if (!event.dataTransfer?.files.length) return
        event.preventDefault()
        void current.files.add(event.dataTransfer.files)
      }}
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <FileList files={current.files} />
      {over.value && <p class="note drop-hint">{t().files.drop}</p>}
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
        <button type="button" class="quiet round" aria-label={t().files.attach} title={`${t().files.attach}. ${t().files.hint}`}
          onClick={() => picker.current?.click()}>
          <Icon name="clip" />
        </button>
        <input ref={picker} type="file" multiple hidden aria-label={t().files.attach} onChange={(event) => {
          const input = event.currentTarget as HTMLInputElement
          void current.files.add([...(input.files ?? [])])
          input.value = ''
        }} />
        <Scope />
        <Scenarios />
        <span class="hint" id="question-hint">{words.hint}</span>
        {busy ? (
          <button type="button" class="primary round" aria-label={words.stop} onClick={() => void busy.stop()}>
            <Icon name="stop" />
          </button>
        ) : (
          <button class="primary round" aria-label={words.send} disabled={!text.trim() || current.files.reading}>
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
