import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { Loading } from '../core/loading.tsx'
import { Resource } from '../core/resource.ts'
import { managed } from '../core/session.ts'
import type { StartingPoint } from '../core/types.ts'
import { Confirm } from '../shell/confirm.tsx'
import { type Column, Table } from '../shell/table.tsx'
import { k } from './words.ts'

/** The questions that people see on an empty page, for those who manage a workspace. */
export function StartingPoints() {
  const words = k().starting
  const points = useMemo(() => new Resource('/api/starting-points', 'starting_points'), [])
  const question = useSignal('')
  const workspace = useSignal(managed.value[0]?.workspace ?? '')
  const ending = useSignal<StartingPoint | null>(null)
  useEffect(() => void points.load(), [])
  const own = new Set(managed.value.map((one) => one.workspace))
  const found = points.items.value?.filter((one) => own.has(one.workspace))
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const text = question.value.trim()
    if (text && await points.make({ workspace: workspace.value, question: text })) question.value = ''
  }
  const columns: Column<StartingPoint>[] = [
    { head: words.question, kind: 'title', cell: (one) => one.question },
    { head: k().workspace, cell: (one) => one.workspace },
    { head: t().actions.remove, kind: 'acts', quiet: true, cell: (one) => (
      <button type="button" class="textual" aria-label={words.remove(one.question)} onClick={() => (ending.value = one)}>{t().actions.remove}</button>
    ) },
  ]
  return (
    <section>
      <p class="note">{words.help}</p>
      <form class="filters" onSubmit={submit}>
        <input
          class="grow" aria-label={words.question} placeholder={words.question} minLength={3} maxLength={200} required
          value={question.value} onInput={(event) => (question.value = (event.currentTarget as HTMLInputElement).value)}
        />
        <select aria-label={k().workspace} value={workspace.value}
          onChange={(event) => (workspace.value = (event.currentTarget as HTMLSelectElement).value)}>
          {managed.value.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
        </select>
        <button class="primary">{words.add}</button>
      </form>
      {points.error.value && <p class="problem" role="alert">{points.error.value}</p>}
      <Loading of={points} />
      {found?.length === 0 && <p class="note empty-note">{words.none}</p>}
      {found && found.length > 0 && <Table columns={columns} rows={found} keyed={(one) => one.id} />}
      {ending.value && (
        <Confirm title={t().actions.remove} text={words.confirm(ending.value.question)} act={() => points.remove(ending.value!.id)} close={() => (ending.value = null)} />
      )}
    </section>
  )
}
