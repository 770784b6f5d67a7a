import { number, t } from '../core/i18n.ts'
import type { Citation } from '../core/types.ts'

type RowSet = NonNullable<Citation['data']>
const narrow = matchMedia('(max-width: 600px)')
/** On a phone fewer units, so that letters stay as large. */
const sizes = () => (narrow.matches ? { WIDTH: 330, LABEL: 110, LETTERS: 9 } : { WIDTH: 600, LABEL: 170, LETTERS: 16 })
const [LINE, HEIGHT] = [26, 220]
const MOST = 30

interface Asked {
  rows: Pick<RowSet, 'columns' | 'rows'>
  kind: 'bar' | 'line'
  numeric: boolean[]
}

/** The last column of numbers over the first column of words. The table below says the same to those who cannot see it. */
export function Plot({ rows, kind, numeric }: Asked) {
  const y = numeric.lastIndexOf(true)
  const x = numeric.indexOf(false)
  const points = rows.rows.slice(0, MOST).map((row) => ({ label: String(row[x] ?? ''), value: Number(row[y] ?? 0) }))
  if (y < 0 || x < 0 || points.length < 2) return null
  const column = rows.columns[y]!
  return (
    <figure class="plot">
      <figcaption>{column.unit ? t().units.unit(column.title, column.unit) : column.title}</figcaption>
      {kind === 'bar' ? <Bars points={points} /> : <Line points={points} />}
    </figure>
  )
}

interface Point {
  label: string
  value: number
}

function Bars({ points }: { points: Point[] }) {
  const { WIDTH, LABEL, LETTERS } = sizes()
  const low = Math.min(0, ...points.map((one) => one.value))
  const span = Math.max(0, ...points.map((one) => one.value)) - low || 1
  const at = (value: number) => LABEL + ((value - low) / span) * (WIDTH - LABEL - 80)
  return (
    <svg viewBox={`0 0 ${WIDTH} ${points.length * LINE}`} aria-hidden="true">
      {points.map(({ label, value }, i) => (
        <g key={i}>
          <text x={LABEL - 8} y={i * LINE + 17} text-anchor="end">{label.length > LETTERS ? `${label.slice(0, LETTERS - 1)}…` : label}</text>
          <rect x={Math.min(at(0), at(value))} y={i * LINE + 5} width={Math.max(1, Math.abs(at(value) - at(0)))} height={LINE - 10} rx="2" />
          <text x={Math.max(at(0), at(value)) + 6} y={i * LINE + 17}>{number(value, 2)}</text>
        </g>
      ))}
    </svg>
  )
}

function Line({ points }: { points: Point[] }) {
  const { WIDTH } = sizes()
  const low = Math.min(...points.map((one) => one.value))
  const high = Math.max(...points.map((one) => one.value))
  const place = ({ value }: Point, i: number) =>
    [40 + (i / (points.length - 1)) * (WIDTH - 80), 20 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 60)] as const
  const every = Math.ceil(points.length / (WIDTH / 75))
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <polyline points={points.map((one, i) => place(one, i).join(',')).join(' ')} />
      {points.map((one, i) => {
        const [px, py] = place(one, i)
        return (
          <g key={i}>
            <circle cx={px} cy={py} r="3" />
            {i % every === 0 && <text x={px} y={HEIGHT - 12} text-anchor="middle">{one.label.slice(0, 10)}</text>}
            {(one.value === low || one.value === high) && <text x={px} y={py - 9} text-anchor="middle">{number(one.value, 2)}</text>}
          </g>
        )
      })}
    </svg>
  )
}
