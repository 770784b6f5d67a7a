import { moment, number, t } from '../core/i18n.ts'
import type { Citation } from '../core/types.ts'
import { save } from './download.ts'
import { Plot } from './plot.tsx'

type RowSet = NonNullable<Citation['data']>
type Cell = string | number | null

/** Rows of a business source that an answer cites: drawn, as a table, and the query that gave them. */
export function Rows({ rows }: { rows: RowSet }) {
  const words = t().source
  const numeric = rows.columns.map((_, i) => rows.rows.every((row) => row[i] === null || typeof row[i] === 'number'))
  return (
    <>
      <div class="source-bar">
        <span class="pages">{words.rows(number(rows.row_count))}{rows.more && ` · ${words.moreRows}`}</span>
        <button type="button" class="textual" onClick={() => asCsv(rows)}>{words.csv}</button>
      </div>
      <div class="source-page" tabIndex={0} role="region" aria-label={rows.title}>
        <div class="row-set">
          {(rows.plot === 'bar' || rows.plot === 'line') && <Plot rows={rows} kind={rows.plot} numeric={numeric} />}
          <table class="rows">
            <thead>
              <tr>{rows.columns.map((column, i) => <th key={column.name} class={numeric[i] ? 'num' : ''}>{column.unit ? t().units.unit(column.title, column.unit) : column.title}</th>)}</tr>
            </thead>
            <tbody>
              {rows.rows.map((row, k) => <tr key={k}>{row.map((cell, i) => <td key={i} class={numeric[i] ? 'num' : ''}>{shown(cell)}</td>)}</tr>)}
            </tbody>
          </table>
          <p class="note">{words.readAt(rows.source_title || rows.source, moment(rows.read_at))}</p>
          <details class="statement">
            <summary>{words.statement}</summary>
            <pre tabIndex={0}><code>{rows.statement}</code></pre>
            <dl>{Object.entries(rows.parameters).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{shown(value)}</dd></div>)}</dl>
          </details>
        </div>
      </div>
    </>
  )
}

const shown = (cell: Cell): string => (typeof cell === 'number' ? number(cell, 4) : (cell ?? ''))

function asCsv(rows: RowSet): void {
  const lines = [rows.columns.map((column) => column.title), ...rows.rows].map((row) => row.map(quoted).join(','))
  // Excel takes a text for UTF-8 when it begins with a byte order mark.
  save(new Blob(['\ufeff', lines.join('\r\n')], { type: 'text/csv' }), `${rows.title}.csv`)
}

/** A text that begins like a formula is none in a table program. */
function quoted(cell: Cell): string {
  const text = typeof cell === 'string' && /^[=+@\t\r-]/.test(cell) ? `'${cell}` : String(cell ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
