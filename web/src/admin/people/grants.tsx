import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { call } from '../../core/http.ts'
import { isAdmin, managed, me } from '../../core/session.ts'
import type { Grant, Workspace } from '../../core/types.ts'
import { Confirm } from '../../shell/confirm.tsx'
import { Loading } from '../../core/loading.tsx'
import { fieldsOf, Resource } from '../../core/resource.ts'
import { a } from '../words.ts'
import { WhyHere } from './why_here.tsx'

const ACTIONS = ['ask', 'read', 'write', 'manage', 'summarise'] as const

/** Each workspace with those who may something in it. */
export function Grants() {
  const words = a().grant
  const grants = useMemo(() => new Resource('/api/grants', 'grants'), [])
  const spaces = useMemo(() => new Resource('/api/workspaces', 'workspaces'), [])
  const ending = useSignal<Grant | null>(null)
  const closing = useSignal<string | null>(null)
  useEffect(() => void Promise.all([grants.load(), spaces.load()]), [])
  const mine = new Set(managed.value.map((one) => one.workspace))
  const listed = spaces.items.value?.filter((one) => isAdmin.value || mine.has(one.workspace)) ?? []
  return (
    <section class="stack">
      <AddGrant grants={grants} spaces={listed} />
      {isAdmin.value && <AddWorkspace spaces={spaces} />}
      {[grants.error.value, spaces.error.value].map((error) => error && <p key={error} class="problem" role="alert">{error}</p>)}
      <Loading of={spaces} />
      {listed.map((space) => {
        const given = grants.items.value?.filter((one) => one.workspace === space.workspace) ?? []
        return (
          <section class="space" key={space.workspace}>
            <header class="row">
              <h2>{space.title || space.workspace}</h2>
              <span class="note">{space.workspace}</span>
              {isAdmin.value && <button type="button" class="textual push" onClick={() => (closing.value = space.workspace)}>{words.removeWorkspace}</button>}
            </header>
            <WhyHere workspace={space.workspace} grants={grants.items.value ?? []} />
            {given.length === 0 && grants.items.value && <p class="note">{words.nobody}</p>}
            <ul class="grants">
              {given.map((one) => (
                <li key={one.grant_id}>
                  <span class="holder">{one.to}</span>
                  <span class="tags">{one.deny && <span class="tag bad">{words.denied}</span>}{one.actions.map((action) => <span key={action} class="tag">{a().actions[action]}</span>)}</span>
                  <button type="button" class="textual" onClick={() => (ending.value = one)}>{a().remove}</button>
                </li>
              ))}
            </ul>
          </section>
        )
      })}
      {ending.value && (
        <Confirm title={a().remove} text={words.confirm(ending.value.to, ending.value.workspace)} act={() => grants.remove(ending.value!.grant_id).then(seenAgain)} close={() => (ending.value = null)} />
      )}
      {closing.value && (
        <Confirm title={words.removeWorkspace} text={words.confirmWorkspace(closing.value)} act={() => spaces.remove(closing.value!).then(seenAgain)} close={() => (closing.value = null)} />
      )}
    </section>
  )
}

/** What was changed may be one's own: the other views go by it. */
async function seenAgain(): Promise<void> {
  me.value = await call('GET', '/api/me').catch(() => me.value)
}

function AddGrant({ grants, spaces }: { grants: Resource<'/api/grants'>; spaces: Workspace[] }) {
  const words = a().grant
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { form, text, all } = fieldsOf(event)
    if (!(await grants.make({ workspace: text('workspace'), to: text('to'), actions: all('actions'), deny: all('deny').length > 0 }))) return
    form.reset()
    await seenAgain()
  }
  return (
    <form class="row giving" onSubmit={submit}>
      <input name="to" class="grow" aria-label={words.to} placeholder={words.toHint} required spellcheck={false} autocapitalize="none" />
      <select name="workspace" aria-label={words.workspace}>
        {spaces.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
      </select>
      {ACTIONS.map((action) => (
        <label key={action} class="check"><input type="checkbox" name="actions" value={action} defaultChecked={action === 'ask' || action === 'read'} />{a().actions[action]}</label>
      ))}
      <label class="check"><input type="checkbox" name="deny" value="1" />{words.deny}</label>
      <button class="primary">{words.add}</button>
    </form>
  )
}

function AddWorkspace({ spaces }: { spaces: Resource<'/api/workspaces'> }) {
  const words = a().grant
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { form, text } = fieldsOf(event)
    if (!(await spaces.make({ name: text('name'), title: text('title') }))) return
    form.reset()
    await seenAgain()
  }
  return (
    <details class="adding">
      <summary>{words.newWorkspace}</summary>
      <form class="facts" onSubmit={submit}>
        <label class="field"><span>{words.name}</span><input name="name" required maxLength={63} autocapitalize="none" spellcheck={false} /></label>
        <label class="field half"><span>{words.title}</span><input name="title" maxLength={200} /></label>
        <div class="row"><button class="primary">{a().create}</button></div>
      </form>
    </details>
  )
}
