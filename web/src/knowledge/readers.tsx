import { useSignal } from '@preact/signals'
import { call, query, worded } from '../core/http.ts'
import { language } from '../core/i18n.ts'
import type { DocumentBody, Why } from '../core/types.ts'
import { Rules } from '../source/why.tsx'
import { k } from './words.ts'

interface Asked {
  one: DocumentBody
  may: boolean
  load: () => Promise<void>
}

/** Who may read it, why somebody may or may not, and for managers its own lists. */
export function Readers({ one, may, load }: Asked) {
  const words = k().document
  return (
    <section>
      <h3>{words.readers}</h3>
      {may && one.allow !== null && <Lists one={one} load={load} />}
      <Explain one={one} may={may} />
    </section>
  )
}

const lines = (text: FormDataEntryValue | null): string[] => String(text ?? '').split(/[\n,]/).map((one) => one.trim()).filter(Boolean)

function Lists({ one, load }: { one: DocumentBody; load: () => Promise<void> }) {
  const words = k().document
  const said = useSignal<string[]>([])
  const wrong = useSignal(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const json = { allow: lines(fields.get('allow')), deny: lines(fields.get('deny')) }
    try {
      const found = await call<DocumentBody>('PATCH', `/api/documents/${one.document_id}`, { json })
      said.value = [words.saved, ...(found.warnings ?? [])]
      wrong.value = false
      await load()
    } catch (failure) {
      wrong.value = true
      said.value = [worded(failure) ?? '']
    }
  }
  return (
    <form class="facts" onSubmit={submit}>
      <label class="field half">
        <span>{words.allow}</span>
        <textarea name="allow" rows={3} defaultValue={one.allow?.join('\n')} spellcheck={false} />
        <small class="note">{words.allowHint}</small>
      </label>
      <label class="field half">
        <span>{words.deny}</span>
        <textarea name="deny" rows={3} defaultValue={one.deny?.join('\n')} spellcheck={false} />
        <small class="note">{words.denyHint}</small>
      </label>
      <div class="row"><button class="primary">{words.save}</button></div>
      {said.value.map((text) => <p key={text} class={wrong.value ? 'problem' : 'note'} role="status">{text}</p>)}
    </form>
  )
}

function Explain({ one, may }: { one: DocumentBody; may: boolean }) {
  const words = k().document
  const why = useSignal<Why | null>(null)
  const error = useSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const who = String(new FormData(event.currentTarget as HTMLFormElement).get('who') ?? '').trim()
    error.value = null
    try {
      const path = `/api/documents/${one.document_id}/why${query({ for: who, lang: language.value })}`
      why.value = await call<Why>('GET', path)
    } catch (failure) {
      why.value = null
      error.value = worded(failure)
    }
  }
  return (
    <form class="explain" onSubmit={submit}>
      <div class="row">
        {may && <input name="who" aria-label={words.whyFor} placeholder={words.whyHint} maxLength={120} spellcheck={false} autocapitalize="none" />}
        <button class="secondary">{words.why}</button>
      </div>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {why.value && <Rules why={why.value} />}
    </form>
  )
}
