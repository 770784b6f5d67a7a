import assert from 'node:assert/strict'
import { test } from 'node:test'
import { wordFile } from './word.ts'

test('a Word file is a ZIP whose text is escaped', async () => {
  const bytes = new Uint8Array(await wordFile([['', 'a < b & "c"\u0000']]).arrayBuffer())
  const text = new TextDecoder().decode(bytes)
  assert.equal(text.slice(0, 2), 'PK')
  assert.match(text, /a &#60; b &#38; &#34;c&#34;<\/w:t>/)
})
