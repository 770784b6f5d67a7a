import { useSignal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { moment, number, t } from '../core/i18n.ts'
import { useRepeated } from '../core/repeated.ts'
import { Loading } from '../core/loading.tsx'
import { Resource } from '../core/resource.ts'
import { translated } from '../core/refusals.ts'
import { named } from '../ask/sharing.tsx'
import { Confirm } from '../shell/confirm.tsx'
import type { Folder } from '../core/types.ts'
import { k } from './words.ts'

const SILENT = 5 * 60_000
const AGAIN = 15_000

/** Folders in step with workspaces, as their watchers report them, and what is wrong in each. */
export function Folders() {
  const words = k().folders
  const folders = useMemo(() => new Resource('/api/folders', 'folders'), [])
  const { items, error } = folders
  const ending = useSignal<Folder | null>(null)
  useRepeated(() => folders.load(), AGAIN)
  return (
    <section>
      <p class="note">{words.help} <code>cloister ingest --watch {words.path} -w {k().workspace.toLowerCase()}</code></p>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      <Loading of={folders} />
      {items.value?.length === 0 && <p class="note empty-note">{words.none}</p>}
      <ul class="folders">
        {items.value?.map((one) => <Line key={one.id} one={one} forget={() => (ending.value = one)} />)}
      </ul>
      {ending.value && (
        <Confirm title={t().actions.remove} text={words.confirm(ending.value.folder)} act={() => folders.remove(ending.value!.id)} close={() => (ending.value = null)} />
      )}
    </section>
  )
}

function Line({ one, forget }: { one: Folder; forget: () => void }) {
  const words = k().folders
  const silent = Date.now() - Date.parse(one.seen_at) > SILENT
  const kind = one.trouble || one.rejected_total ? 'bad' : silent ? 'warn' : 'good'
  const said = one.trouble ? words.trouble : one.rejected_total ? words.rejected(number(one.rejected_total)) : silent ? words.silent : words.inStep
  return (
    <li>
      <header class="row">
        <h2>{one.folder}</h2>
        <span class={`tag ${kind}`}>{said}</span>
        <button type="button" class="textual" aria-label={words.forget(one.folder)} onClick={forget}>{t().actions.remove}</button>
      </header>
      <p class="note">
        {one.host} · {one.workspace} · {words.files(number(one.files), number(one.documents))}
        {one.waiting > 0 && ` · ${words.waiting(number(one.waiting))}`}
        {' · '}{words.seen(moment(one.seen_at), named(one.by))}
      </p>
      {one.trouble && <p class="problem">{translated(t().refusals, one.trouble_code, one.trouble)}</p>}
      {one.rejected.length > 0 && (
        <details>
          <summary>{words.rejected(number(one.rejected_total))}</summary>
          <ul>{one.rejected.map((file) => <li key={file.path}><strong>{file.path}</strong> <span class="why">{translated(t().refusals, file.code, file.reason)}</span></li>)}</ul>
        </details>
      )}
    </li>
  )
}
