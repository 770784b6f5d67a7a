import { number, t } from '../core/i18n.ts'
import type { Parameter } from '../core/types.ts'
import { d } from './words.ts'

const DATE = /\d{4}-\d{2}-\d{2}/g

/** One parameter as a form has it. */
export function Field({ parameter }: { parameter: Parameter }) {
  const words = d()
  const { name, type, title, required, values } = parameter
  const fallback = parameter.default === null || parameter.default === undefined ? '' : String(parameter.default)
  const hint = type === 'period' ? words.period : fallback ? words.fallback(fallback) : ''
  const numeric = type === 'integer' || type === 'number'
  const least = parameter.minimum ?? undefined
  const most = parameter.maximum ?? undefined
  return (
    <label class={type === 'period' || type === 'text' ? 'field half' : 'field'}>
      <span>{numeric && least !== undefined && most !== undefined ? t().units.unit(title, words.between(number(least), number(most))) : title}</span>
      {type === 'choice' ? (
        <select name={name} required={required}>
          {!required && !fallback && <option value="" />}
          {values?.map((one) => <option key={one} value={one} selected={one === fallback}>{one}</option>)}
        </select>
      ) : (
        <input name={name} required={required} placeholder={hint} type={numeric ? 'number' : 'text'} min={numeric ? least : undefined} max={numeric ? most : undefined}
          step={type === 'number' ? 'any' : undefined} list={type === 'period' ? `${name}-periods` : undefined} maxLength={numeric ? undefined : 200} />
      )}
      {type === 'period' && <datalist id={`${name}-periods`}>{words.periods.map((one) => <option key={one} value={one} />)}</datalist>}
    </label>
  )
}

/** As the interface wants it; null leaves it out, so that its default counts. */
export function valueOf({ type }: Parameter, text: string): unknown {
  const given = text.trim()
  if (!given) return null
  if (type === 'integer' || type === 'number') return Number(given)
  const dates = type === 'period' ? given.match(DATE) : null
  return dates?.length === 2 ? dates : given
}
