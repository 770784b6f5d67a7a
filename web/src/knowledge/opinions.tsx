import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Loading } from '../core/loading.tsx'
import { call, worded } from '../core/http.ts'
import { list, moment, t } from '../core/i18n.ts'
import { managed } from '../core/session.ts'
import type { ToldOpinion } from '../core/types.ts'
import { k } from './words.ts'

/** What people thought of answers, for those who manage where they asked. */
export function Opinions() {
  const words = k()
  const workspace = useSignal('')
  const useful = useSignal<boolean | null>(null)
  const found = useSignal<ToldOpinion[] | null>(null)
  const error = useSignal<string | null>(null)
  useEffect(() => {
    call('GET', '/api/feedback', { query: { workspace: workspace.value, useful: useful.value } }).then(
      ({ feedback }) => (found.value = feedback),
      (failure) => (error.value = worded(failure)),
    )
  }, [workspace.value, useful.value])
  const value = (event: Event) => (event.currentTarget as HTMLSelectElement).value
  return (
    <section>
      <p class="note">{words.feedback.help}</p>
      <div class="filters">
        <select aria-label={words.workspace} value={workspace.value} onChange={(event) => (workspace.value = value(event))}>
          <option value="">{words.everywhere}</option>
          {managed.value.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
        </select>
        <select aria-label={words.opinions} value={String(useful.value ?? '')} onChange={(event) => (useful.value = value(event) ? value(event) === 'true' : null)}>
          <option value="">{words.feedback.all}</option>
          <option value="true">{words.feedback.useful}</option>
          <option value="false">{words.feedback.wrong}</option>
        </select>
      </div>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      <Loading of={{ items: found, error }} />
      {found.value?.length === 0 && <p class="note empty-note">{words.feedback.none}</p>}
      <ul class="opinions">
        {found.value?.map((one) => (
          <li key={`${one.query_id}${one.at}`}>
            <p>
              <span class={`tag ${one.useful ? 'good' : 'bad'}`}>{one.useful ? words.feedback.useful : words.feedback.wrong}</span>{' '}
              {one.question}
            </p>
            {one.comment && <blockquote>{one.comment}</blockquote>}
            <p class="note">{moment(one.at)}{one.title && ` · ${list([one.title, t().ask.page(one.page ?? 1)])}`} · {list(one.workspaces)}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
