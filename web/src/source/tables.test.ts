import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blocks, numeral, numericColumns, type TableBlock } from './tables.ts'

const PAGE = '## 库存 𝒮tock\n\n| 产品 | 数量 |\n| --- | --- |\n| 螺丝 \\| M4 | 1,200 |\n| 螺母 | 80 |\n\nChecked in May.'

test('a page of a sheet is its text and its tables, each cell with its place', () => {
  const [before, , table, after] = blocks(PAGE)
  assert.deepEqual(before, { kind: 'heading', text: '库存 𝒮tock', start: 3 })
  assert.equal(table!.kind, 'table')
  const { head, rows } = table as TableBlock
  assert.deepEqual(head.map((cell) => cell.text), ['产品', '数量'])
  assert.deepEqual(rows.map((row) => row.map((cell) => cell.text)), [['螺丝 | M4', '1,200'], ['螺母', '80']])
  const all = [...PAGE]
  for (const cell of rows.flat()) assert.equal(all.slice(cell.start, cell.end).join('').replaceAll('\\|', '|'), cell.text)
  assert.equal(after!.kind === 'text' && after!.text.trim(), 'Checked in May.')
  assert.equal(all.slice((after as { start: number }).start).join('').trim(), 'Checked in May.')
})

test('where # is no heading it stays in the text', () => {
  assert.deepEqual(blocks('# a\n#b', false), [{ kind: 'text', text: '# a\n#b', start: 0 }])
  assert.deepEqual(blocks('#b\n# a\nc').map((one) => one.kind), ['text', 'heading', 'text'])
})

test('numbers are read as people write them, and a column of them is found', () => {
  assert.deepEqual(['1,200', '-3.5', '12 %', '¥ 40', 'ZL2023', '2026-05-01', ''].map(numeral), [1200, -3.5, 12, 40, null, null, null])
  assert.deepEqual(numericColumns(blocks(PAGE)[2] as TableBlock), [false, true])
})

test('a line that begins with a bar is no table by itself', () => {
  assert.deepEqual(blocks('| a | b |\ntext').map((one) => one.kind), ['text'])
})
