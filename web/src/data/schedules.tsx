import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { language } from '../core/i18n.ts'
import type { Schedule } from '../core/types.ts'
import { Confirm } from '../shell/confirm.tsx'
import { NewSchedule } from './new_schedule.tsx'
import { d } from './words.ts'

/** One's own questions that the clock asks. */
export function Schedules() {
  const words = d().schedule
  const found = useSignal<Schedule[] | null>(null)
  const error = useSignal<string | null>(null)
  const ending = useSignal<Schedule | null>(null)
  const load = () => call<{ schedules: Schedule[] }>('GET', '/api/data/schedules').then(
    ({ schedules }) => (found.value = schedules),
    (failure) => (error.value = worded(failure)),
  )
  useEffect(() => void load(), [])
  const remove = (one: Schedule) => call('DELETE', `/api/data/schedules/${one.schedule_id}`).then(load, (failure) => (error.value = worded(failure)))
  return (
    <section class="stack">
      <p class="note">{words.help}</p>
      <NewSchedule made={load} />
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {found.value?.length === 0 && <p class="note empty-note">{words.empty}</p>}
      {found.value?.map((one) => (
        <section class="panel" key={one.schedule_id}>
          <header class="row">
            <h2 class="small-head">{one.title}</h2>
            <span class="note">{one.cron} · {one.timezone}{one.delivery.map(({ kind, to }) => ` · ${words.kinds[kind as 'file'] ?? kind} ${to}`)}</span>
            <button type="button" class="textual push" onClick={() => (ending.value = one)}>{words.remove}</button>
          </header>
          <p>{one.question}</p>
          <p class="note">{words.next}: {one.next?.map(exact).join(', ')}{one.last_state && ` · ${words.last}: ${one.last_state}`}</p>
          {one.last_error && <p class="problem">{one.last_error}</p>}
        </section>
      ))}
      {ending.value && <Confirm title={words.remove} text={words.confirm(ending.value.title)} act={() => void remove(ending.value!)} close={() => (ending.value = null)} />}
    </section>
  )
}

const exact = (iso: string): string =>
  new Date(iso).toLocaleString(language.value === 'zh' ? 'zh-CN' : 'en-GB', { weekday: 'short', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' })
