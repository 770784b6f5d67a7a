import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { list, number } from '../../core/i18n.ts'
import type { Limit } from '../../core/types.ts'
import { Confirm } from '../../shell/confirm.tsx'
import { Loading } from '../../core/loading.tsx'
import { fieldsOf, Resource } from '../../core/resource.ts'
import { a } from '../words.ts'
import { Topics } from './topics.tsx'

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** How many questions a day, and in which hours. */
export function Limits() {
  const words = a().limit
  const limits = useMemo(() => new Resource('/api/limits', 'limits'), [])
  const ending = useSignal<Limit | null>(null)
  useEffect(() => void limits.load(), [])
  return (
    <section class="stack">
      <p class="note">{words.help}</p>
      <AddLimit limits={limits} />
      {limits.error.value && <p class="problem" role="alert">{limits.error.value}</p>}
      <Loading of={limits} />
      {limits.items.value?.length === 0 && <p class="note">{words.none}</p>}
      <ul class="grants">
        {limits.items.value?.map((one) => (
          <li key={one.to}>
            <span class="holder">{one.to}</span>
            <span>{told(one)}</span>
            <button type="button" class="textual" onClick={() => (ending.value = one)}>{a().remove}</button>
          </li>
        ))}
      </ul>
      {ending.value && (
        <Confirm title={a().remove} text={words.confirm(ending.value.to)} act={() => limits.remove(ending.value!.to)} close={() => (ending.value = null)} />
      )}
      <Topics />
    </section>
  )
}

function told(one: Limit): string {
  const words = a().limit
  const hours = one.opens || one.closes ? `${one.opens ?? '00:00'}–${one.closes ?? '24:00'} ${one.zone ?? ''}` : ''
  const days = list((one.days ?? []).map((day) => words.week[day as 'mon'] ?? day))
  return [typeof one.daily === 'number' ? words.perDay(number(one.daily)) : '', hours, days].filter(Boolean).join(' · ')
}

function AddLimit({ limits }: { limits: Resource<'/api/limits'> }) {
  const words = a().limit
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const { form, text, all } = fieldsOf(event)
    const made = await limits.make({
      to: text('to'), daily: text('daily') ? Number(text('daily')) : null,
      opens: text('opens') || null, closes: text('closes') || null, days: all('days'), zone: text('zone'),
    })
    if (made) form.reset()
  }
  return (
    <form class="facts adding padded" onSubmit={submit}>
      <label class="field"><span>{words.to}</span><input name="to" required placeholder="group:finance" spellcheck={false} autocapitalize="none" /></label>
      <label class="field"><span>{words.daily}</span><input name="daily" type="number" min={0} max={1_000_000} /></label>
      <label class="field"><span>{words.opens}</span><input name="opens" type="time" /></label>
      <label class="field"><span>{words.closes}</span><input name="closes" type="time" /></label>
      <fieldset class="row half">
        <legend>{words.days}</legend>
        {WEEK.map((day) => <label key={day} class="check"><input type="checkbox" name="days" value={day} />{words.week[day]}</label>)}
      </fieldset>
      <label class="field"><span>{words.zone}</span><input name="zone" required defaultValue={Intl.DateTimeFormat().resolvedOptions().timeZone} /></label>
      <div class="row"><button class="primary">{words.add}</button></div>
    </form>
  )
}
