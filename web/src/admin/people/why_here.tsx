import { useSignal } from '@preact/signals'
import { call, worded } from '../../core/http.ts'
import { fieldsOf } from '../../core/resource.ts'
import type { Grant, GrantWhy } from '../../core/types.ts'
import { Icon } from '../../shell/icons.tsx'
import { a } from '../words.ts'

/** What somebody may do in a workspace, and what decides it. */
export function WhyHere({ workspace, grants }: { workspace: string; grants: Grant[] }) {
  const words = a().grant
  const found = useSignal<GrantWhy | null>(null)
  const error = useSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    found.value = error.value = null
    try {
      found.value = await call('GET', '/api/grants/why', { query: { workspace, person: fieldsOf(event).text('person') } })
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <details class="why-here">
      <summary>{words.whyHere}</summary>
      <form class="explain row" onSubmit={submit}>
        <input name="person" aria-label={words.to} placeholder={words.whoHint} maxLength={120} required spellcheck={false} autocapitalize="none" />
        <button class="secondary">{words.why}</button>
      </form>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {found.value && <Decisions why={found.value} grants={grants} />}
    </details>
  )
}

function Decisions({ why, grants }: { why: GrantWhy; grants: Grant[] }) {
  const words = a().grant
  const holder = (id: string | null | undefined) => grants.find((one) => one.grant_id === id)?.to ?? ''
  if (!why.actions.length) return <p class="verdict" role="status">{words.unknown(why.for)}</p>
  return (
    <div role="status">
      <p class="verdict">{why.names.length > 1 ? words.knownAs(why.for, why.names.slice(1).join(' · ')) : why.for}</p>
      <ol class="rules">
        {why.actions.map((one) => (
          <li key={one.action} class={one.allowed ? 'holds' : 'fails'}>
            <Icon name={one.allowed ? 'check' : 'close'} />
            {a().actions[one.action as 'ask']}{' '}
            <span class="note">{words.because[one.rule as 'grant']?.(holder(one.grant_id)) ?? one.words}</span>
          </li>
        ))}
      </ol>
    </div>
  )
}
