import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../../core/http.ts'
import { labelled, language, list, role } from '../../core/i18n.ts'
import type { Role, User } from '../../core/types.ts'
import { Dialog } from '../../shell/dialog.tsx'
import { fieldsOf } from '../../core/resource.ts'
import { a } from '../words.ts'
import { Offboard } from './offboard.tsx'
import { RoleBoxes } from './people.tsx'
import { PersonSessions } from './sessions.tsx'

export interface Act {
  kind: 'template' | 'change' | 'password' | 'sessions' | 'logout' | 'lock' | 'unlock' | 'offboard' | 'remove'
  user: User
}

interface Asked {
  act: Act
  close: () => void
  changed: () => Promise<unknown>
}

type Fields = ReturnType<typeof fieldsOf>

/** Which call an act is. */
const CALLS: Record<Exclude<Act['kind'], 'offboard' | 'sessions'>, (name: string, fields: Fields) => Promise<unknown>> = {
  template: (name, { text }) => call('POST', '/api/roles/{name}/apply', { path: { name: text('template') }, json: { to: name } }),
  change: (name, { list, all }) => call('PATCH', '/api/users/{name}', { path: { name }, json: { groups: list('groups'), roles: all('roles') } }),
  password: (name, { text }) => call('POST', '/api/users/{name}/password', { path: { name }, json: { password: text('password') } }),
  logout: (name) => call('POST', '/api/users/{name}/logout', { path: { name } }),
  lock: (name) => call('POST', '/api/users/{name}/lock', { path: { name } }),
  unlock: (name) => call('POST', '/api/users/{name}/unlock', { path: { name } }),
  remove: (name) => call('DELETE', '/api/users/{name}', { path: { name } }),
}

/** What is done to a person: asked first, told in words, and what failed stays open with its reason. */
export function ActDialog({ act, close, changed }: Asked) {
  const { kind, user } = act
  const words = a().user
  const error = useSignal<string | null>(null)
  if (kind === 'offboard') return <Offboard name={user.username} close={() => { void changed(); close() }} />
  if (kind === 'sessions') return <PersonSessions name={user.username} close={close} />
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      await CALLS[kind](user.username, fieldsOf(event))
      await changed()
      close()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <Dialog title={labelled(words.act[kind], user.username)} close={close} kind="small">
      <form class="stack" onSubmit={submit}>
        {kind in words.asks && <p>{words.asks[kind as keyof typeof words.asks](user.username)}</p>}
        {kind === 'template' && <Templates />}
        {kind === 'change' && <Memberships user={user} />}
        {kind === 'password' && (
          <label class="field"><span>{words.password}</span><input name="password" type="password" required minLength={10} autocomplete="new-password" /></label>
        )}
        {error.value && <p class="problem" role="alert">{error.value}</p>}
        <div class="row end">
          <button type="button" class="secondary" onClick={close}>{a().cancel}</button>
          <button class={kind === 'lock' || kind === 'remove' ? 'primary danger' : 'primary'}>{words.act[kind]}</button>
        </div>
      </form>
    </Dialog>
  )
}

function Memberships({ user }: { user: User }) {
  const words = a().user
  return (
    <>
      <label class="field"><span>{words.groups}</span><input name="groups" defaultValue={user.groups.join(', ')} placeholder={words.groupsHint} /></label>
      <RoleBoxes checked={user.roles} />
    </>
  )
}

/** The role templates and what each brings. */
function Templates() {
  const words = a().user
  const found = useSignal<Role[]>([])
  const chosen = useSignal('')
  useEffect(() => void call('GET', '/api/roles').then(({ roles }) => {
    found.value = roles
    chosen.value = roles[0]?.name ?? ''
  }, () => undefined), [])
  const one = found.value.find(({ name }) => name === chosen.value)
  return (
    <>
      <label class="field">
        <span>{words.template}</span>
        <select name="template" required value={chosen.value} onChange={(event) => (chosen.value = (event.currentTarget as HTMLSelectElement).value)}>
          {found.value.map(({ name, title, title_zh }) => <option key={name} value={name}>{(language.value === 'zh' && title_zh) || title || name}</option>)}
        </select>
      </label>
      {one && <ul class="brings">{brought(one).map((line) => <li key={line}>{line}</li>)}</ul>}
    </>
  )
}

/** What a template brings, in words. */
export function brought(one: Role): string[] {
  const words = a()
  return [
    ...(one.groups ?? []).map((name) => labelled(words.user.groups, name)),
    ...(one.roles ?? []).map((name) => labelled(words.user.roles, role(name))),
    ...(one.grants ?? []).map(({ to, workspace, actions }) => `${to} → ${words.user.may(workspace, list(actions.map((action) => words.actions[action])))}`),
  ]
}
