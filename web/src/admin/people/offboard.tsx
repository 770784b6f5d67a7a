import { useSignal } from '@preact/signals'
import { call, worded } from '../../core/http.ts'
import { number } from '../../core/i18n.ts'
import type { Offboarded } from '../../core/types.ts'
import { Dialog } from '../../shell/dialog.tsx'
import { fieldsOf } from '../../core/resource.ts'
import { a } from '../words.ts'

/** Somebody leaves: locked at once, what they had handed over. */
export function Offboard({ name, close }: { name: string; close: () => void }) {
  const words = a().user
  const done = useSignal<Offboarded | null>(null)
  const error = useSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const to = fieldsOf(event).text('to')
    try {
      done.value = await call('POST', '/api/users/{name}/offboard', { path: { name }, json: to ? { to } : {} })
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <Dialog title={words.leaver(name)} close={close} kind="small">
      {done.value ? (
        <p role="status">{words.left(name, number(done.value.grants.length), number(done.value.keys.length), number(done.value.documents))}</p>
      ) : (
        <form class="stack" onSubmit={submit}>
          <p>{words.leaverHelp}</p>
          <label class="field"><span>{words.heir}</span><input name="to" spellcheck={false} autocapitalize="none" /></label>
          {error.value && <p class="problem" role="alert">{error.value}</p>}
          <div class="row end">
            <button type="button" class="secondary" onClick={close}>{a().cancel}</button>
            <button class="primary danger">{words.offboard}</button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
