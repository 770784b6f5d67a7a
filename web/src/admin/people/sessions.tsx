import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { call, worded } from '../../core/http.ts'
import { labelled, moment } from '../../core/i18n.ts'
import { Loading } from '../../core/loading.tsx'
import { Resource } from '../../core/resource.ts'
import type { UserSession } from '../../core/types.ts'
import { Confirm } from '../../shell/confirm.tsx'
import { Dialog } from '../../shell/dialog.tsx'
import { browser } from '../../shell/sessions.tsx'
import { type Column, Table } from '../../shell/table.tsx'
import { a } from '../words.ts'

/** The browsers in which somebody is signed in: one is ended, or all with what programs have. */
export function PersonSessions({ name, close }: { name: string; close: () => void }) {
  const words = a().session
  const found = useMemo(() => new Resource('/api/users/{name}/sessions', 'sessions', { name }), [name])
  const asked = useSignal<UserSession | 'all' | null>(null)
  const away = useSignal(false)
  useEffect(() => void found.load(), [found])
  const act = async (which: UserSession | 'all') => {
    try {
      const { company } = which === 'all'
        ? await call('POST', '/api/users/{name}/logout', { path: { name } })
        : await call('DELETE', '/api/users/{name}/sessions/{id}', { path: { name, id: which.id } })
      away.value = company === 'unreachable'
      await found.load()
    } catch (failure) {
      found.error.value = worded(failure)
    }
  }
  return (
    <Dialog title={labelled(words.title, name)} close={close}>
      {found.error.value && <p class="problem" role="alert">{found.error.value}</p>}
      {away.value && <p class="note" role="status">{words.unreachable}</p>}
      <Rows sessions={found.items.value ?? []} end={(one) => (asked.value = one)} />
      {found.items.value?.length === 0 && <p class="note empty-note">{words.none(name)}</p>}
      <Loading of={found} />
      <div class="row end"><button type="button" class="secondary" onClick={() => (asked.value = 'all')}>{a().user.act.logout}</button></div>
      {asked.value && <Ask name={name} which={asked.value} act={act} close={() => (asked.value = null)} />}
    </Dialog>
  )
}

interface Question {
  name: string
  which: UserSession | 'all'
  act: (which: UserSession | 'all') => Promise<void>
  close: () => void
}

function Ask({ name, which, act, close }: Question) {
  const words = a()
  if (which === 'all') return <Confirm title={words.user.act.logout} text={words.user.asks.logout(name)} act={() => act(which)} close={close} />
  return <Confirm title={words.session.end} text={words.session.confirm(name, browser(which.agent), which.current)} act={() => act(which)} close={close} />
}

function Rows({ sessions, end }: { sessions: UserSession[]; end: (one: UserSession) => void }) {
  const words = a().session
  const at = (iso: string) => <time dateTime={iso}>{moment(iso)}</time>
  const columns: Column<UserSession>[] = [
    { head: words.browser, kind: 'title', cell: (one) => <>{browser(one.agent)}{one.current && <> <span class="tag good">{words.here}</span></>}</> },
    { head: words.way, cell: (one) => words.ways[one.way] },
    { head: words.address, cell: (one) => one.address },
    { head: words.since, cell: (one) => at(one.created_at) },
    { head: words.seen, cell: (one) => at(one.seen_at) },
    { head: words.until, cell: (one) => at(one.expires_at) },
    { head: a().user.acts, kind: 'acts', quiet: true, cell: (one) => <button type="button" class="textual" onClick={() => end(one)}>{words.end}</button> },
  ]
  return sessions.length > 0 ? <Table columns={columns} rows={sessions} keyed={(one) => one.id} kind="person-sessions" /> : null
}
