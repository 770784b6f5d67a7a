import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { language } from '../core/i18n.ts'
import type { Body } from '../core/operations.ts'
import { Original } from '../core/original.tsx'
import { Resource } from '../core/resource.ts'
import type { DocumentBody, Grant, Why } from '../core/types.ts'
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
  const warned = useSignal<string[]>([])
  const wrong = useSignal(false)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const json: Body<'PATCH', '/api/documents/{document}'> = { allow: lines(fields.get('allow')), deny: lines(fields.get('deny')) }
    try {
      const found = await call('PATCH', '/api/documents/{document}', { path: { document: one.document_id }, json })
      said.value = [words.saved]
      warned.value = found.warnings ?? []
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
      {warned.value.map((text) => <p key={text} class="note" role="status"><Original text={text} /></p>)}
    </form>
  )
}

function Explain({ one, may }: { one: DocumentBody; may: boolean }) {
  const words = k().document
  const who = useSignal('')
  const why = useSignal<Why | null>(null)
  const error = useSignal<string | null>(null)
  const look = async () => {
    error.value = null
    try {
      why.value = await call('GET', '/api/documents/{document}/why', { path: { document: one.document_id }, query: { for: who.value.trim(), lang: language.value } })
    } catch (failure) {
      why.value = null
      error.value = worded(failure)
    }
  }
  return (
    <form class="explain" onSubmit={(event) => { event.preventDefault(); void look() }}>
      {may && <Holders workspace={one.workspace} choose={(to) => { who.value = to; void look() }} />}
      <div class="row">
        {may && (
          <input
            name="who" aria-label={words.whyFor} placeholder={words.whyHint} maxLength={120} spellcheck={false} autocapitalize="none"
            value={who.value} onInput={(event) => (who.value = (event.currentTarget as HTMLInputElement).value)}
          />
        )}
        <button class="secondary">{words.why}</button>
      </div>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {why.value && <Rules why={why.value} />}
    </form>
  )
}

/** Whom the workspace's rights name, each to be looked at. */
function Holders({ workspace, choose }: { workspace: string; choose: (to: string) => void }) {
  const words = k().document
  const grants = useMemo(() => new Resource('/api/grants', 'grants'), [])
  useEffect(() => void grants.load(), [])
  const here = grants.items.value?.filter((one) => one.workspace === workspace || one.workspace === '*') ?? []
  const reading = here.filter((one) => !one.deny && one.actions.some((action) => action === 'ask' || action === 'read'))
  const listed = (some: Grant[]) => [...new Set(some.map((one) => one.to))].map((to) => (
    <button key={to} type="button" class="textual" onClick={() => choose(to)}>{to}</button>
  ))
  return (
    <>
      {reading.length > 0 && <p class="note holders">{words.byRights} {listed(reading)}</p>}
      {here.some((one) => one.deny) && <p class="note holders">{words.keptOut} {listed(here.filter((one) => one.deny))}</p>}
    </>
  )
}
