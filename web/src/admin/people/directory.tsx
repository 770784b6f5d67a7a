import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, Refusal, worded } from '../../core/http.ts'
import { moment, number } from '../../core/i18n.ts'
import { Original } from '../../core/original.tsx'
import type { DirectoryState } from '../../core/types.ts'
import { a } from '../words.ts'

/** The company's directory as Cloister knows it; nothing where there are local accounts alone. */
export function CompanyDirectory() {
  const words = a().directory
  const state = useSignal<DirectoryState | null>(null)
  const error = useSignal<string | null>(null)
  const busy = useSignal(false)
  const read = async (look: () => Promise<DirectoryState>) => {
    busy.value = true
    try {
      state.value = await look()
      error.value = null
    } catch (failure) {
      if (!(failure instanceof Refusal && failure.reason === 'no_company_sign_in')) error.value = worded(failure)
    }
    busy.value = false
  }
  useEffect(() => void read(() => call('GET', '/api/directory')), [])
  const found = state.value
  if (error.value) return <p class="problem" role="alert">{error.value}</p>
  if (!found) return null
  return (
    <section class="panel" aria-label={words.title}>
      <div class="row">
        <h2 class="small-head">{words.title}</h2>
        <span class="note">{found.issuer}</span>
        <button type="button" class="secondary push" disabled={busy.value} onClick={() => void read(() => call('POST', '/api/directory/sync'))}>{busy.value ? words.busy : words.sync}</button>
      </div>
      <p role="status">{words.has(number(found.people), number(found.groups))}{found.full_at && ` · ${words.at(moment(new Date(found.full_at * 1000).toISOString()))}`}</p>
      {!!found.problems?.length && <ul class="problem">{found.problems.map((line) => <li key={line}><Original text={line} /></li>)}</ul>}
    </section>
  )
}
