/** A cell of a table in a page's text: its words, and the characters of the page where they stand. */
export interface Cell {
  text: string
  start: number
  end: number
}

export interface TableBlock {
  kind: 'table'
  head: Cell[]
  rows: Cell[][]
}

export interface TextBlock {
  kind: 'text' | 'heading'
  text: string
  start: number
}

const RULE = /^\|(\s*:?-{3,}:?\s*\|)+\s*$/

const HEADING = /^#{1,6} +(?=\S)/

/** A page's text in pieces: tables and, where they are such, headings, which are lines of Markdown, and what is between them. Places count characters. */
export function blocks(text: string, headings = true): (TableBlock | TextBlock)[] {
  const found: (TableBlock | TextBlock)[] = []
  const lines = text.split('\n')
  let at = 0
  let plain = { text: '', start: 0 }
  const flush = () => {
    if (plain.text) found.push({ kind: 'text', ...plain })
  }
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!
    if (line.startsWith('|') && RULE.test(lines[i + 1] ?? '')) {
      flush()
      const table: TableBlock = { kind: 'table', head: cells(line, at), rows: [] }
      at += size(line) + size(lines[i + 1]!) + 2
      for (i += 2; i < lines.length && lines[i]!.startsWith('|'); i++) {
        table.rows.push(cells(lines[i]!, at))
        at += size(lines[i]!) + 1
      }
      i--
      found.push(table)
      plain = { text: '', start: at }
      continue
    }
    const signs = headings ? HEADING.exec(line)?.[0].length : undefined
    if (signs) {
      flush()
      found.push({ kind: 'heading', text: line.slice(signs), start: at + signs })
      at += size(line) + 1
      plain = { text: '', start: at }
      continue
    }
    plain.text += i + 1 < lines.length ? `${line}\n` : line
    at += size(line) + 1
  }
  flush()
  return found
}

/** Characters, not halves of those outside of the basic plane. */
const size = (text: string): number => [...text].length

function cells(line: string, at: number): Cell[] {
  const found: Cell[] = []
  let place = at + 1
  for (const part of line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/)) {
    const lead = size(part) - size(part.trimStart())
    const words = part.trim()
    found.push({ text: words.replaceAll('\\|', '|'), start: place + lead, end: place + lead + size(words) })
    place += size(part) + 1
  }
  return found
}

/** The number that a cell shows, as people write numbers; null when it is none. */
export function numeral(text: string): number | null {
  const plain = text.replace(/[\s,，¥￥$€£%]/g, '')
  return /^[-−+]?\d+(\.\d+)?$/.test(plain) ? Number(plain.replace('−', '-')) : null
}

/** Columns that hold numbers and nothing else but gaps. */
export function numericColumns(table: TableBlock): boolean[] {
  return table.head.map((_, i) => {
    const said = table.rows.map((row) => row[i]?.text ?? '').filter(Boolean)
    return said.length > 1 && said.every((text) => numeral(text) !== null)
  })
}
