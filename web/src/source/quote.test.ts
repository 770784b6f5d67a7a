import assert from 'node:assert/strict'
import { test } from 'node:test'
import { folded, locate } from './quote.ts'

test('width, case, spaces and punctuation do not matter', () => {
  assert.equal(folded('Ａ b，C。').text, 'abc')
  assert.deepEqual(folded('Ａ b').places, [0, 2])
})

test('a quote over several pieces is found in each of them', () => {
  const pieces = ['城市 普通员工', '北京、上海 650 元', '/晚']
  assert.deepEqual(locate(pieces, '员工 北京'), [{ node: 0, from: 5, to: 7 }, { node: 1, from: 0, to: 2 }])
})

test('characters outside of the basic plane keep their places', () => {
  assert.deepEqual(locate(['𠮷野家 ok'], '野家'), [{ node: 0, from: 2, to: 4 }])
  assert.deepEqual(locate(['x𠮷'], '𠮷'), [{ node: 0, from: 1, to: 3 }])
})

test('what is not there is nowhere, and neither is nothing', () => {
  assert.deepEqual(locate(['abc'], 'abd'), [])
  assert.deepEqual(locate(['abc'], ' ，'), [])
})

test("a row's cells are found where another cell's lines stand between them", () => {
  const pieces = ['Total 1 2', 'Restructuring and', '(3)', '113', 'impairment', 'Total 5 6']
  assert.deepEqual(locate(pieces, 'Impairment of goods · (3) · 113'), [
    { node: 2, from: 1, to: 2 },
    { node: 3, from: 0, to: 3 },
  ])
  assert.deepEqual(locate(pieces, 'Total · 5 · 6').map((span) => span.node), [5])
  assert.deepEqual(locate(pieces, 'Nothing · of · that · 113'), [])
})
