import type { ComponentChildren, Key } from 'preact'

export interface Column<Row> {
  head: string
  cell: (row: Row) => ComponentChildren
  /** `title` is what a row is about, `acts` what can be done to it; numbers stand at the end of their column. */
  kind?: 'num' | 'title' | 'wrap' | 'acts' | undefined
  /** A head for screen readers alone. */
  quiet?: boolean
  mark?: (row: Row) => string
}

interface Asked<Row> {
  columns: Column<Row>[]
  rows: readonly Row[]
  keyed: (row: Row) => Key
  kind?: string
  rowKind?: (row: Row) => string
}

/** Rows and their columns. Where the window is narrow, each row is a card with its labels, and nothing scrolls sideways. */
export function Table<Row>({ columns, rows, keyed, kind = '', rowKind = () => '' }: Asked<Row>) {
  return (
    <div class="scroll tabled"><table class={`rows cards-when-narrow ${kind}`} role="table">
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((one, i) => (
            <th key={i} role="columnheader" class={one.kind === 'num' ? 'num' : ''}>{one.quiet ? <span class="hidden">{one.head}</span> : one.head}</th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyed(row)} role="row" class={rowKind(row)}>
            {columns.map((one, i) => <Cell key={i} column={one} row={row} />)}
          </tr>
        ))}
      </tbody>
    </table></div>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const kind = `${column.kind ?? ''} ${column.mark?.(row) ?? ''}`
  if (column.quiet || column.kind === 'title') return <td role="cell" class={kind}>{column.cell(row)}</td>
  return <td role="cell" class={kind} data-label={column.head}><div>{column.cell(row)}</div></td>
}
