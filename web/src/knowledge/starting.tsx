import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { managed } from '../core/session.ts'
import type { StartingPoint, StartingPoints as Points } from '../core/types.ts'
import { k } from './words.ts'

/** The questions that people see on an empty page, for those who manage a workspace. */
export function StartingPoints() {
  const words = k().starting
  const found = useSignal<StartingPoint[] | null>(null)
  const error = useSignal<string | null>(null)
  const question = useSignal('')
  const workspace = useSignal(managed.value[0]?.workspace ?? '')
  const act = async (method: string, path: string, json?: unknown) => {
    error.value = null
    try {
      if (method !== 'GET') await call(method, path, json === undefined ? {} : { json })
      if (method === 'POST') question.value = ''
      const own = new Set(managed.value.map((one) => one.workspace))
      found.value = (await call<Points>('GET', '/api/starting-points')).starting_points.filter((one) => own.has(one.workspace))
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  useEffect(() => void act('GET', ''), [])
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (question.value.trim()) void act('POST', '/api/starting-points', { workspace: workspace.value, question: question.value.trim() })
  }
  return (
    <section>
      <p class="note">{words.help}</p>
      <form class="filters" onSubmit={submit}>
        <input
          class="grow" aria-label={words.question} placeholder={words.question} minLength={3} maxLength={200} required
          value={question.value} onInput={(event) => (question.value = (event.currentTarget as HTMLInputElement).value)}
        />
        <select aria-label={k().workspace} value={workspace.value}
          onChange={(event) => (workspace.value = (event.currentTarget as HTMLSelectElement).value)}>
          {managed.value.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
        </select>
        <button class="primary">{words.add}</button>
      </form>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {found.value?.length === 0 && <p class="note empty-note">{words.none}</p>}
      {found.value && found.value.length > 0 && (
        <div class="scroll">
          <table class="rows">
            <thead><tr><th>{words.question}</th><th>{k().workspace}</th><th><span class="hidden">{t().actions.remove}</span></th></tr></thead>
            <tbody>
              {found.value.map((one) => (
                <tr key={one.id}>
                  <td class="title">{one.question}</td>
                  <td>{one.workspace}</td>
                  <td class="num">
                    <button type="button" class="textual" aria-label={words.remove(one.question)}
                      onClick={() => void act('DELETE', `/api/starting-points/${one.id}`)}>
                      {t().actions.remove}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
