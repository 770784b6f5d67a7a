import type { ComponentChildren } from 'preact'
import { number } from '../../core/i18n.ts'

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
    <svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" role="img" aria-label={`${label}: ${values.map(String).slice(-10).join(' ')}`}>
      <polyline points={values.map(at).join(' ')} />
    </svg>
  )
}

const [WIDTH, HEIGHT, LEFT, FOOT] = [760, 200, 34, 22]

/** A column for each, such as the days of a month. The list for screen readers says the same. */
export function Columns({ title, points }: { title: string; points: { label: string; value: number }[] }) {
  const most = Math.max(1, ...points.map((one) => one.value))
  const room = (WIDTH - LEFT) / Math.max(1, points.length)
  const y = (value: number) => 8 + (1 - value / most) * (HEIGHT - FOOT - 8)
  const every = Math.ceil(points.length / 16)
  return (
    <figure class="plot columns">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {[0, most / 2, most].filter((tick) => Number.isInteger(tick)).map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">{number(tick)}</text>
          </g>
        ))}
        {points.map(({ label, value }, i) => (
          <g key={label}>
            <rect x={LEFT + i * room + room * 0.15} width={room * 0.7} y={y(value)} height={Math.max(0, HEIGHT - FOOT - y(value))} rx="1.5" />
            {i % every === 0 && <text x={LEFT + (i + 0.5) * room} y={HEIGHT - 6} text-anchor="middle">{label}</text>}
          </g>
        ))}
      </svg>
      <ul class="hidden">{points.filter((one) => one.value).map(({ label, value }) => <li key={label}>{label}: {number(value)}</li>)}</ul>
    </figure>
  )
}
