import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { call, worded } from '../../core/http.ts'
import { list, moment } from '../../core/i18n.ts'
import type { Key } from '../../core/types.ts'
import { Confirm } from '../../shell/confirm.tsx'
import { Dialog } from '../../shell/dialog.tsx'
import { Loading } from '../../core/loading.tsx'
import { type Column, Table } from '../../shell/table.tsx'
import { fieldsOf, Resource } from '../../core/resource.ts'
import { a } from '../words.ts'

type Made = { name: string; key: string; old_until?: number }

const when = (seconds: number): string => moment(new Date(seconds * 1000).toISOString())

/** Business systems and their keys. A key is shown once, when it is made. */
export function Keys() {
  const words = a().key
  const keys = useMemo(() => new Resource('/api/keys', 'keys'), [])
  const made = useSignal<Made | null>(null)
  const ending = useSignal<string | null>(null)
  const renewing = useSignal<string | null>(null)
  useEffect(() => void keys.load(), [])
  const rotate = (name: string) =>
    call('POST', '/api/keys/{name}/rotate', { path: { name }, json: {} }).then(
      (one) => (made.value = one),
      (failure) => (keys.error.value = worded(failure)),
    )
  const columns: Column<Key>[] = [
    { head: words.name, kind: 'title', cell: (one) => <strong>{one.name}</strong> },
    { head: words.workspaces, kind: 'wrap', cell: (one) => list(one.workspaces) },
    { head: words.may, kind: 'wrap', cell: (one) => list((one.scopes ?? []).map((scope) => a().actions[scope])) },
    { head: words.bus, cell: (one) => (one.bus ? words.yes : words.no) },
    { head: words.expires, cell: (one) => (one.expires_at ? when(one.expires_at) : words.never) },
    { head: words.owner, kind: 'wrap', cell: (one) => one.owner },
    { head: a().user.acts, kind: 'acts', quiet: true, cell: (one) => (
      <>
        <button type="button" class="textual" onClick={() => (renewing.value = one.name)}>{words.rotate}</button>{' '}
        <button type="button" class="textual" onClick={() => (ending.value = one.name)}>{a().remove}</button>
      </>
    ) },
  ]
  return (
    <section class="stack">
      <AddKey keys={keys} made={(one) => (made.value = one)} />
      {keys.error.value && <p class="problem" role="alert">{keys.error.value}</p>}
      <Loading of={keys} />
      {keys.items.value?.length === 0 && <p class="note empty-note">{words.none}</p>}
      {!!keys.items.value?.length && <Table columns={columns} rows={keys.items.value} keyed={(one) => one.name} />}
      {made.value && <Secret made={made.value} close={() => (made.value = null)} />}
      {renewing.value && (
        <Confirm title={words.rotate} text={words.confirmRotate(renewing.value)} act={() => void rotate(renewing.value!)} close={() => (renewing.value = null)} />
      )}
      {ending.value && (
        <Confirm title={a().remove} text={words.confirm(ending.value)} act={() => keys.remove(ending.value!)} close={() => (ending.value = null)} />
      )}
    </section>
  )
}

function AddKey({ keys, made }: { keys: Resource<'/api/keys'>; made: (one: Made) => void }) {
  const words = a().key
  const spaces = useMemo(() => new Resource('/api/workspaces', 'workspaces'), [])
  useEffect(() => void spaces.load(), [])
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { form, text, all } = fieldsOf(event)
    if (!all('workspaces').length) return void (keys.error.value = words.pick)
    const found = await keys.make({ name: text('name'), workspaces: all('workspaces'), bus: all('bus').length > 0, expires: text('expires') || null })
    if (!found) return
    form.reset()
    made(found)
  }
  return (
    <details class="adding">
      <summary>{words.add}</summary>
      <form class="facts" onSubmit={submit}>
        <label class="field"><span>{words.name}</span><input name="name" required maxLength={63} autocapitalize="none" spellcheck={false} /></label>
        <label class="field"><span>{words.expires}</span><input name="expires" type="date" /></label>
        <fieldset class="row wide">
          <legend>{words.workspaces}</legend>
          {spaces.items.value?.map((one) => (
            <label key={one.workspace} class="check"><input type="checkbox" name="workspaces" value={one.workspace} />{one.title || one.workspace}</label>
          ))}
        </fieldset>
        <label class="check wide"><input type="checkbox" name="bus" value="1" />{words.bus}</label>
        <div class="row"><button class="primary">{a().create}</button></div>
      </form>
    </details>
  )
}

function Secret({ made, close }: { made: Made; close: () => void }) {
  const words = a().key
  const copied = useSignal(false)
  return (
    <Dialog title={made.name} close={close} firm kind="small">
      <p>{words.secret}</p>
      {made.old_until && <p class="note">{words.rotated(when(made.old_until))}</p>}
      <code class="secret">{made.key}</code>
      <div class="row end">
        <button type="button" class="secondary" onClick={() => void navigator.clipboard.writeText(made.key).then(() => (copied.value = true))}>
          {copied.value ? words.copied : words.copy}
        </button>
        <button type="button" class="primary" onClick={close}>{words.done}</button>
      </div>
    </Dialog>
  )
}
