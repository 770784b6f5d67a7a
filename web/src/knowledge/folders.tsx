import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { moment, number, t } from '../core/i18n.ts'
import { named } from '../ask/sharing.tsx'
import type { Folder } from '../core/types.ts'
import { k } from './words.ts'

const SILENT = 5 * 60_000
const AGAIN = 15_000

/** Folders in step with workspaces, as their watchers report them, and what is wrong in each. */
export function Folders() {
  const words = k().folders
  const found = useSignal<Folder[] | null>(null)
  const error = useSignal<string | null>(null)
  const load = async () => {
    try {
      found.value = (await call<{ folders: Folder[] }>('GET', '/api/folders')).folders
      error.value = null
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), AGAIN)
    return () => clearInterval(timer)
  }, [])
  const forget = async (one: Folder) => {
    try {
      await call('DELETE', `/api/folders/${one.id}`)
      await load()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <section>
      <p class="note">{words.help} <code>cloister ingest --watch {words.path} -w {k().workspace.toLowerCase()}</code></p>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {found.value?.length === 0 && <p class="note empty-note">{words.none}</p>}
      <ul class="folders">
        {found.value?.map((one) => <Line key={one.id} one={one} forget={() => void forget(one)} />)}
      </ul>
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
      {one.trouble && <p class="problem">{one.trouble}</p>}
      {one.rejected.length > 0 && (
        <details>
          <summary>{words.rejected(number(one.rejected_total))}</summary>
          <ul>{one.rejected.map((file) => <li key={file.path}><strong>{file.path}</strong> <span class="why">{file.reason}</span></li>)}</ul>
        </details>
      )}
    </li>
  )
}
