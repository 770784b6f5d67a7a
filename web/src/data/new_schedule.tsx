import { useSignal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import type { Body } from '../core/operations.ts'
import { askable } from '../core/session.ts'
import { fieldsOf } from '../core/resource.ts'
import { d } from './words.ts'

type Every = 'day' | 'weekday' | 'week' | 'month'
const KINDS = ['none', 'email', 'webhook', 'file'] as const

/** A question and its moments, without a line of cron. */
export function NewSchedule({ made }: { made: () => unknown }) {
  const words = d().schedule
  const every = useSignal<Every>('weekday')
  const kind = useSignal<(typeof KINDS)[number]>('none')
  const error = useSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { form, text } = fieldsOf(event)
    const delivery = kind.value === 'none' ? [] : [{ kind: kind.value, to: text('to') }]
    const json: Body<'POST', '/api/data/schedules'> = { title: text('title'), question: text('question'), workspace: text('workspace') || null, cron: cron(every.value, text('at'), text('on')), timezone: text('zone'), delivery }
    try {
      await call('POST', '/api/data/schedules', { json })
      error.value = null
      form.reset()
      void made()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <details class="adding">
      <summary>{words.add}</summary>
      <form class="facts" onSubmit={submit}>
        <label class="field half"><span>{words.title}</span><input name="title" required maxLength={100} /></label>
        <label class="field half"><span>{words.workspace}</span>
          <select name="workspace">
            <option value="">{words.everywhere}</option>
            {askable.value.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
          </select>
        </label>
        <label class="field wide"><span>{words.question}</span><textarea name="question" required rows={2} maxLength={8000} /></label>
        <label class="field"><span>{words.when}</span>
          <select value={every.value} onChange={(event) => (every.value = (event.currentTarget as HTMLSelectElement).value as Every)}>
            {(['day', 'weekday', 'week', 'month'] as const).map((one) => <option key={one} value={one}>{words.every[one]}</option>)}
          </select>
        </label>
        {every.value === 'week' && <label class="field"><span>{words.on}</span><select name="on">{words.week.map((name, i) => <option key={name} value={i} selected={i === 1}>{name}</option>)}</select></label>}
        {every.value === 'month' && <label class="field"><span>{words.day}</span><input name="on" type="number" min={1} max={31} defaultValue="1" required /></label>}
        <label class="field"><span>{words.at}</span><input name="at" type="time" required defaultValue="08:00" /></label>
        <label class="field"><span>{words.zone}</span><input name="zone" required defaultValue={Intl.DateTimeFormat().resolvedOptions().timeZone} /></label>
        <label class="field"><span>{words.deliver}</span>
          <select value={kind.value} onChange={(event) => (kind.value = (event.currentTarget as HTMLSelectElement).value as typeof kind.value)}>
            {KINDS.map((one) => <option key={one} value={one}>{words.kinds[one]}</option>)}
          </select>
        </label>
        {kind.value !== 'none' && <label class="field"><span>{words.to}</span><input name="to" required placeholder={{ email: 'ann@company.example', webhook: 'https://erp.company.example/hook', file: 'weekly.md' }[kind.value]} /></label>}
        {error.value && <p class="problem" role="alert">{error.value}</p>}
        <div class="row"><button class="primary">{words.add}</button></div>
      </form>
    </details>
  )
}

/** `minute hour day month weekday`. */
function cron(every: Every, at: string, on: string): string {
  const [hour = 8, minute = 0] = at.split(':').map(Number)
  const days = { day: '* * *', weekday: '* * 1-5', week: `* * ${on}`, month: `${on} * *` }
  return `${minute} ${hour} ${days[every]}`
}
