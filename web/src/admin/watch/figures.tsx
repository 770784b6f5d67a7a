import type { ComponentChildren } from 'preact'
import { labelled, number } from '../../core/i18n.ts'

interface Shown {
  label: string
  value: string
  below?: ComponentChildren
}

/** One figure, large, with what it is. */
export function Card({ label, value, below }: Shown) {
  return (
    <div class="card">
      <span class="card-label">{label}</span>
      <strong class="card-value">{value}</strong>
      {below}
    </div>
  )
}

/** How a number went lately; its value stands beside it. */
export function Spark({ values, label }: { values: number[]; label: string }) {
  const most = Math.max(1, ...values)
  const at = (value: number, i: number) => `${(i / Math.max(1, values.length - 1)) * 100},${19 - (value / most) * 18}`
  return (
    <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label={labelled(label, values.map(String).slice(-10).join(' '))}>
      <polyline points={values.map(at).join(' ')} />
    </svg>
  )
}

interface Point {
  label: string
  value: number
}

const most = (points: Point[]): number => Math.max(1, ...points.map((one) => one.value))

/** A column for each, such as the days of a month. The list for screen readers says the same. */
export function Columns({ title, points }: { title: string; points: Point[] }) {
  const highest = most(points)
  return (
    <figure class="plot columns">
      <figcaption>{title}</figcaption>
      <div aria-hidden="true">
        <div class="days">
          {points.map(({ label, value }) => (
            <span key={label} class="day"><b>{value ? number(value) : ''}</b><i style={{ height: `${(value / highest) * 86}%` }} /></span>
          ))}
        </div>
        <div class="names">{points.map(({ label }) => <span key={label}>{label}</span>)}</div>
      </div>
      <ul class="hidden">{points.filter((one) => one.value).map(({ label, value }) => <li key={label}>{labelled(label, number(value))}</li>)}</ul>
    </figure>
  )
}

/** A bar for each, with its name and its number. */
export function Shares({ title, points }: { title: string; points: Point[] }) {
  if (!points.length) return null
  const highest = most(points)
  return (
    <figure class="plot">
      <figcaption>{title}</figcaption>
      <dl class="shares">
        {points.map(({ label, value }) => (
          <>
            <dt title={label}>{label}</dt>
            <dd><i style={{ width: `${(value / highest) * 72}%` }} /> {number(value, 1)}</dd>
          </>
        ))}
      </dl>
    </figure>
  )
}
