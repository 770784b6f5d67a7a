import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { labelled, list, locale } from '../core/i18n.ts'
import { Original } from '../core/original.tsx'
import { Loading } from '../core/loading.tsx'
import { Resource } from '../core/resource.ts'
import type { Schedule } from '../core/types.ts'
import { Confirm } from '../shell/confirm.tsx'
import { NewSchedule } from './new_schedule.tsx'
import { d } from './words.ts'

/** One's own questions that the clock asks. */
export function Schedules() {
  const words = d().schedule
  const schedules = useMemo(() => new Resource('/api/data/schedules', 'schedules'), [])
  const ending = useSignal<Schedule | null>(null)
  const { items, error } = schedules
  useEffect(() => void schedules.load(), [])
  return (
    <section class="stack">
      <p class="note">{words.help}</p>
      <NewSchedule made={() => schedules.load()} />
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      <Loading of={schedules} />
      {items.value?.length === 0 && <p class="note empty-note">{words.empty}</p>}
      {items.value?.map((one) => (
        <section class="panel" key={one.schedule_id}>
          <header class="row">
            <h2 class="small-head">{one.title}</h2>
            <span class="note">{one.cron} · {one.timezone}{one.delivery.map(({ kind, to }) => ` · ${words.kinds[kind as 'file'] ?? kind} ${to}`)}</span>
            <button type="button" class="textual push" onClick={() => (ending.value = one)}>{words.remove}</button>
          </header>
          <p>{one.question}</p>
          <p class="note">{labelled(words.next, list(one.next?.map(exact) ?? []))}{one.last_state && ` · ${labelled(words.last, words.states[one.last_state as 'asked'] ?? one.last_state)}`}</p>
          {one.last_error && <p class="problem"><Original text={one.last_error} /></p>}
        </section>
      ))}
      {ending.value && <Confirm title={words.remove} text={words.confirm(ending.value.title)} act={() => schedules.remove(ending.value!.schedule_id)} close={() => (ending.value = null)} />}
    </section>
  )
}

const exact = (iso: string): string =>
  new Date(iso).toLocaleString(locale(), { weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
