import { useEffect, useMemo } from 'preact/hooks'
import { language, list } from '../../core/i18n.ts'
import { Resource } from '../../core/resource.ts'
import type { Grant, Role, User } from '../../core/types.ts'
import { type Column, Table } from '../../shell/table.tsx'
import { a } from '../words.ts'
import { brought } from './acts.tsx'
import { allowed } from './people.tsx'

interface Group {
  name: string
  members: string[]
}

/** The groups that people are in, what each may, and the role templates. */
export function Groups() {
  const words = a().group
  const users = useMemo(() => new Resource('/api/users', 'users'), [])
  const grants = useMemo(() => new Resource('/api/grants', 'grants'), [])
  const roles = useMemo(() => new Resource('/api/roles', 'roles'), [])
  useEffect(() => void Promise.all([users.load(), grants.load(), roles.load()]), [])
  const failed = [users, grants, roles].map(({ error }) => error.value).filter((one) => one !== null)
  if (!failed.length && !(users.items.value && grants.items.value && roles.items.value)) return <div class="loading" aria-busy="true" />
  const groups = grouped(users.items.value ?? [], grants.items.value ?? [])
  const columns: Column<Group>[] = [
    { head: words.name, kind: 'title', cell: (one) => <strong>{one.name}</strong> },
    { head: words.members, kind: 'wrap', cell: (one) => list(one.members) || <span class="note">{words.nobody}</span> },
    { head: words.rights, kind: 'wrap', cell: (one) => allowed([`group:${one.name}`], grants.items.value ?? []) },
  ]
  const templates: Column<Role>[] = [
    { head: words.role, kind: 'title', cell: (one) => <strong>{(language.value === 'zh' && one.title_zh) || one.title || one.name}</strong> },
    { head: words.brings, kind: 'wrap', cell: (one) => <ul>{brought(one).map((line) => <li key={line}>{line}</li>)}</ul> },
  ]
  return (
    <section class="stack">
      <p class="note">{words.help}</p>
      {failed.map((one) => <p key={one} class="problem" role="alert">{one}</p>)}
      {groups.length > 0 && <Table columns={columns} rows={groups} keyed={(one) => one.name} />}
      {users.items.value && !groups.length && <p class="note empty-note">{words.none}</p>}
      <h2 class="small-head">{words.roles}</h2>
      <p class="note">{words.rolesHelp}</p>
      {!!roles.items.value?.length && <Table columns={templates} rows={roles.items.value} keyed={(one) => one.name} />}
    </section>
  )
}

/** A group is there while somebody is in it or a right names it. */
function grouped(users: User[], grants: Grant[]): Group[] {
  const named = grants.flatMap(({ to }) => (to.startsWith('group:') ? [to.slice('group:'.length)] : []))
  const names = new Set([...users.flatMap((one) => one.groups), ...named])
  return [...names].sort().map((name) => ({ name, members: users.filter((one) => one.groups.includes(name)).map((one) => one.username) }))
}
