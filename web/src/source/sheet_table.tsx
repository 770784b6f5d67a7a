import { useSignal } from '@preact/signals'
import type { Ref } from 'preact'
import { t } from '../core/i18n.ts'
import { Plot } from './plot.tsx'
import { type Cell, numeral, numericColumns, type TableBlock } from './tables.ts'

const PERIOD = /^\d{4}([-/.年]|$)|^[一二三四\d]{1,2}[月季]|^Q[1-4]/

interface Asked {
  table: TableBlock
  start: number
  end: number
  mark: Ref<HTMLElement>
}

/** A table of a document: the quoted cells marked, its numbers drawn on demand. */
export function SheetTable({ table, start, end, mark }: Asked) {
  const numeric = numericColumns(table)
  let first = true
  const drawn = (cell: Cell) => {
    if (cell.end <= start || cell.start >= end) return cell.text
    const place = first ? mark : null
    first = false
    return <mark ref={place}>{cell.text}</mark>
  }
  return (
    <div class="sheet-table">
      <Chart table={table} numeric={numeric} />
      <div class="scroll">
        <table class="rows">
          <thead><tr>{table.head.map((cell, i) => <th key={i} class={numeric[i] ? 'num' : ''}>{drawn(cell)}</th>)}</tr></thead>
          <tbody>
            {table.rows.map((row, k) => (
              <tr key={k}>{row.map((cell, i) => <td key={i} class={numeric[i] ? 'num' : ''}>{drawn(cell)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

/** One of its columns of numbers over its first column of words. */
function Chart({ table, numeric }: { table: TableBlock; numeric: boolean[] }) {
  const words = t().source
  const columns = numeric.flatMap((yes, i) => (yes ? [i] : []))
  const picked = useSignal(columns.at(-1) ?? -1)
  const label = numeric.indexOf(false)
  if (label < 0 || !columns.length || table.rows.length < 2) return null
  const rows = table.rows.map((row) => [row[label]?.text ?? '', numeral(row[picked.value]?.text ?? '')])
  const kind = table.rows.every((row) => PERIOD.test(row[label]?.text ?? '')) ? 'line' : 'bar'
  const title = table.head[picked.value]?.text ?? ''
  return (
    <details class="chart">
      <summary>{words.plot}</summary>
      {columns.length > 1 && (
        <select aria-label={words.column} value={picked.value}
          onChange={(event) => (picked.value = Number((event.currentTarget as HTMLSelectElement).value))}>
          {columns.map((i) => <option key={i} value={i}>{table.head[i]!.text}</option>)}
        </select>
      )}
      <Plot rows={{ columns: [{ name: '', title: '', unit: '' }, { name: title, title, unit: '' }], rows }} kind={kind} numeric={[false, true]} />
    </details>
  )
}
