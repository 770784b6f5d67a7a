import { useSignal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import { labelled, list, number, size } from '../core/i18n.ts'
import type { Body } from '../core/operations.ts'
import type { DocumentBody } from '../core/types.ts'
import { k } from './words.ts'

interface Asked {
  one: DocumentBody
  may: boolean
  load: () => Promise<void>
}

const DATES = ['effective', 'expires', 'review'] as const

/** The day of a date as it is written here; that of an end is the last one before it. */
function day(one: DocumentBody, name: (typeof DATES)[number]): string {
  if (!one[name]) return ''
  const at = new Date(Date.parse(one[name]) - (name === 'expires' ? 1 : 0))
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}

/** Title, owner and dates, to be changed by those who may write. */
export function Facts({ one, may, load }: Asked) {
  const words = k().document
  const said = useSignal<string | null>(null)
  const wrong = useSignal(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const text = (name: string) => String(fields.get(name) ?? '').trim()
    const change: Body<'PATCH', '/api/documents/{document}'> = { title: text('title'), owner: text('owner') || null }
    for (const name of DATES) if (text(name) !== day(one, name)) change[name] = text(name) || null
    try {
      await call('PATCH', '/api/documents/{document}', { path: { document: one.document_id }, json: change })
      wrong.value = false
      said.value = words.saved
      await load()
    } catch (failure) {
      wrong.value = true
      said.value = worded(failure)
    }
  }
  const taken = Object.entries(one.taken_out)
  return (
    <section>
      <h3>{words.facts}</h3>
      <form class="facts" onSubmit={submit}>
        <label class="field wide"><span>{words.title}</span><input name="title" defaultValue={one.title} maxLength={200} required disabled={!may} /></label>
        <label class="field"><span>{words.owner}</span><input name="owner" defaultValue={one.owner ?? ''} maxLength={200} disabled={!may} /></label>
        {DATES.map((name) => (
          <label class="field" key={name}>
            <span>{words[name]}</span>
            <input name={name} type="date" defaultValue={day(one, name)} disabled={!may} />
          </label>
        ))}
        {may && <div class="row"><button class="primary">{words.save}</button></div>}
        {said.value && <p class={wrong.value ? 'problem' : 'note'} role="status">{said.value}</p>}
      </form>
      <p class="note">
        {words.size} {size(one.size)}
        {one.pages !== null && ` · ${words.pages} ${number(one.pages)}`}
        {one.chunks !== null && ` · ${words.pieces} ${number(one.chunks)}`}
        {taken.length > 0 && ` · ${labelled(words.hidden, list(taken.map(([kind, count]) => `${kind} ${count}`)))}`}
      </p>
    </section>
  )
}
