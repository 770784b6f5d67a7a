import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translated } from './refusals.ts'
import { refusals } from './words/refusals_zh.ts'

test('a refusal is told in the language of the page', () => {
  assert.equal(translated(refusals, 'workspace_not_found', 'There is no such workspace.'), refusals.workspace_not_found)
})

test('what only the server knows follows in its words', () => {
  assert.equal(translated(refusals, 'invalid', 'name is too long'), '输入有误：name is too long')
})

test('a reason without a sentence of the page is told by the server', () => {
  assert.equal(translated({}, 'invalid', 'name is too long'), 'name is too long')
})
