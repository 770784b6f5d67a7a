import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordFile } from './word.ts'
import { wordParts } from './word_parts.ts'

test('a Word file is a ZIP whose text is escaped', async () => {
  const bytes = new Uint8Array(await wordFile([{ style: '', runs: [['a < b & "c"\u0000', true]] }]).arrayBuffer())
  const text = new TextDecoder().decode(bytes)
  assert.equal(text.slice(0, 2), 'PK')
  assert.match(text, /a &#60; b &#38; &#34;c&#34;<\/w:t>/)
})

test('the lists, tables and bold words of an answer are such in the Word file', async () => {
  const parts = wordParts('**要点**：\n\n- 一 [1]\n- 二\n\n| 城市 | 上限 |\n| --- | --- |\n| 苏州 | 480 |\n\n### 附注\n完')
  assert.deepEqual(parts.slice(0, 3), [
    { style: '', runs: [['要点', true], ['：', false]] },
    { style: 'ListParagraph', runs: [['• ', false], ['一 [1]', false]] },
    { style: 'ListParagraph', runs: [['• ', false], ['二', false]] },
  ])
  assert.deepEqual(parts[3], { rows: [[[['城市', true]], [['上限', true]]], [[['苏州', false]], [['480', false]]]] })
  assert.equal((parts[4] as { style: string }).style, 'Heading2')
})
