import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { list, role } from '../../core/i18n.ts'
import { me } from '../../core/session.ts'
import type { Grant, User } from '../../core/types.ts'
import { Icon } from '../../shell/icons.tsx'
import { Menu } from '../../shell/menu.tsx'
import { Loading } from '../../core/loading.tsx'
import { type Column, Table } from '../../shell/table.tsx'
import { fieldsOf, Resource } from '../../core/resource.ts'
import { a } from '../words.ts'
import { type Act, ActDialog } from './acts.tsx'
import { CompanyDirectory } from './directory.tsx'

const ROLES = ['member', 'manager', 'reviewer', 'auditor', 'admin'] as const
const ACTS = ['template', 'change', 'password', 'sessions', 'logout'] as const

/** Accounts with their groups, roles, and what those let them do. */
export function People() {
  const words = a()
  const users = useMemo(() => new Resource('/api/users', 'users'), [])
  const grants = useMemo(() => new Resource('/api/grants', 'grants'), [])
  const sought = useSignal('')
  const act = useSignal<Act | null>(null)
  const load = () => Promise.all([users.load(), grants.load()])
  useEffect(() => void load(), [])
  const fits = (one: User) => [one.username, ...one.groups, ...one.roles].some((text) => text.toLowerCase().includes(sought.value.toLowerCase()))
  const columns: Column<User>[] = [
    { head: words.user.name, kind: 'title', cell: (one) => <><strong>{one.username}</strong>{one.locked && <> <span class="tag bad">{words.user.locked}</span></>}</> },
    { head: words.user.groups, cell: (one) => list(one.groups) },
    { head: words.user.roles, cell: (one) => list(one.roles.map(role)) },
    { head: words.user.rights, kind: 'wrap', cell: (one) => rights(one, grants.items.value ?? []) },
    { head: words.user.acts, kind: 'acts', quiet: true, cell: (one) => <Acts user={one} choose={(kind) => (act.value = { kind, user: one })} /> },
  ]
  return (
    <section class="stack">
      <CompanyDirectory />
      <AddPerson users={users} />
      <input type="search" class="finding" aria-label={words.user.find} placeholder={words.user.find} value={sought.value}
        onInput={(event) => (sought.value = (event.currentTarget as HTMLInputElement).value)} />
      {users.error.value && <p class="problem" role="alert">{users.error.value}</p>}
      <Table columns={columns} rows={users.items.value?.filter(fits) ?? []} keyed={(one) => one.username} kind="people" rowKind={(one) => (one.locked ? 'shut' : '')} />
      <Loading of={users} />
      {act.value && <ActDialog key={act.value.kind} act={act.value} close={() => (act.value = null)} changed={load} />}
    </section>
  )
}

function Acts({ user, choose }: { user: User; choose: (kind: Act['kind']) => void }) {
  const words = a().user
  const item = (kind: Act['kind'], danger = false) => (
    <button key={kind} type="button" class={danger ? 'item danger' : 'item'} data-closes onClick={() => choose(kind)}>{words.act[kind]}</button>
  )
  const self = user.username === me.value?.name
  return (
    <Menu label={words.actsOf(user.username)} face={<Icon name="more" />}>
      {ACTS.map((kind) => item(kind))}
      {!self && item(user.locked ? 'unlock' : 'lock', !user.locked)}
      {!self && item('offboard', true)}
      {!self && item('remove', true)}
    </Menu>
  )
}

function rights(one: User, grants: Grant[]): string {
  return allowed([`person:${one.username}`, ...one.groups.map((name) => `group:${name}`), ...one.roles.map((name) => `role:${name}`)], grants)
}

/** What the holders of these names may in each workspace, denials aside. */
export function allowed(holders: string[], grants: Grant[]): string {
  const words = a()
  const names = new Set(holders)
  const may = new Map<string, Set<string>>()
  for (const grant of grants.filter(({ to, deny }) => names.has(to) && !deny)) {
    const actions = may.get(grant.workspace) ?? new Set()
    grant.actions.forEach((action) => actions.add(words.actions[action]))
    may.set(grant.workspace, actions)
  }
  return [...may].map(([workspace, actions]) => words.user.may(workspace, list([...actions]))).join(' · ')
}

function AddPerson({ users }: { users: Resource<'/api/users'> }) {
  const words = a().user
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { form, text, list, all } = fieldsOf(event)
    const made = await users.make({ username: text('username'), password: text('password'), groups: list('groups'), roles: all('roles') })
    if (made) form.reset()
  }
  return (
    <details class="adding">
      <summary>{words.add}</summary>
      <form class="facts" onSubmit={submit} autocomplete="off">
        <label class="field"><span>{words.name}</span><input name="username" required maxLength={63} autocapitalize="none" spellcheck={false} /></label>
        <label class="field"><span>{words.password}</span><input name="password" type="password" required minLength={10} autocomplete="new-password" /></label>
        <label class="field half"><span>{words.groups}</span><input name="groups" placeholder={words.groupsHint} /></label>
        <RoleBoxes checked={[]} />
        <div class="row"><button class="primary">{a().add}</button></div>
      </form>
    </details>
  )
}

export function RoleBoxes({ checked }: { checked: readonly string[] }) {
  return (
    <fieldset class="row wide">
      <legend>{a().user.roles}</legend>
      {ROLES.map((name) => (
        <label key={name} class="check"><input type="checkbox" name="roles" value={name} defaultChecked={checked.includes(name)} />{role(name)}</label>
      ))}
    </fieldset>
  )
}
