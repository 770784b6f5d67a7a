import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import type { Grant, User } from '../core/types.ts'
import { Confirm } from '../shell/confirm.tsx'
import { Offboard } from './offboard.tsx'
import { fieldsOf, Resource } from './resource.ts'
import { a } from './words.ts'

const ROLES = ['member', 'manager', 'reviewer', 'auditor', 'admin'] as const

/** Accounts with their groups, roles, and what those let them do. */
export function People() {
  const words = a()
  const users = useMemo(() => new Resource<User>('users'), [])
  const grants = useMemo(() => new Resource<Grant>('grants'), [])
  const sought = useSignal('')
  const leaving = useSignal<string | null>(null)
  const parting = useSignal<string | null>(null)
  useEffect(() => void Promise.all([users.load(), grants.load()]), [])
  const fits = (one: User) => [one.username, ...one.groups, ...one.roles].some((text) => text.toLowerCase().includes(sought.value.toLowerCase()))
  return (
    <section class="stack">
      <AddPerson users={users} />
      <input type="search" class="finding" aria-label={words.user.find} placeholder={words.user.find} value={sought.value}
        onInput={(event) => (sought.value = (event.currentTarget as HTMLInputElement).value)} />
      {users.error.value && <p class="problem" role="alert">{users.error.value}</p>}
      <div class="scroll">
        <table class="rows">
          <thead><tr><th>{words.user.name}</th><th>{words.user.groups}</th><th>{words.user.roles}</th><th>{words.user.rights}</th><td /></tr></thead>
          <tbody>
            {users.items.value?.filter(fits).map((one) => (
              <tr key={one.username}>
                <td><strong>{one.username}</strong></td>
                <td>{one.groups.join(', ')}</td>
                <td>{one.roles.map((role) => words.roles[role as 'admin'] ?? role).join(', ')}</td>
                <td class="wrap">{rights(one, grants.items.value ?? [])}</td>
                <td class="num">
                  <button type="button" class="textual" onClick={() => (parting.value = one.username)}>{words.user.offboard}</button>{' '}
                  <button type="button" class="textual" onClick={() => (leaving.value = one.username)}>{words.remove}</button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {parting.value && <Offboard name={parting.value} close={() => (parting.value = null)} />}
      {leaving.value && (
        <Confirm title={words.remove} text={words.user.confirm(leaving.value)} act={() => users.remove(leaving.value!)} close={() => (leaving.value = null)} />
      )}
    </section>
  )
}

function rights(one: User, grants: Grant[]): string {
  const words = a()
  const names = new Set([`person:${one.username}`, ...one.groups.map((name) => `group:${name}`), ...one.roles.map((name) => `role:${name}`)])
  const may = new Map<string, Set<string>>()
  for (const grant of grants.filter(({ to }) => names.has(to))) {
    const actions = may.get(grant.workspace) ?? new Set()
    grant.actions.forEach((action) => actions.add(words.actions[action]))
    may.set(grant.workspace, actions)
  }
  return [...may].map(([workspace, actions]) => words.user.may(workspace, [...actions].join(' '))).join(' · ')
}

function AddPerson({ users }: { users: Resource<User> }) {
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
        <fieldset class="row wide">
          <legend>{words.roles}</legend>
          {ROLES.map((role) => <label key={role} class="check"><input type="checkbox" name="roles" value={role} />{a().roles[role]}</label>)}
        </fieldset>
        <div class="row"><button class="primary">{a().add}</button></div>
      </form>
    </details>
  )
}
