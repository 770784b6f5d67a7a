import assert from 'node:assert/strict'
import { test } from 'node:test'
import { translated, type Values } from './refusals.ts'
import { refusals as english } from './words/refusals_en.ts'
import { refusals as chinese } from './words/refusals_zh.ts'

const ALL = [...Object.entries(chinese), ...Object.entries(english)]
const said = (own: string | ((values: Values) => string), values: Values = {}) => (typeof own === 'function' ? own(values) : own)

test('a refusal is told in the language of the page', () => {
  assert.equal(translated(chinese, 'workspace_not_found', 'There is no such workspace.'), chinese.workspace_not_found)
})

test('a reason without a sentence of the page is told by the server', () => {
  assert.equal(translated({}, 'invalid', 'name is too long'), 'name is too long')
})

test('a sentence has the values that the server tells', () => {
  assert.equal(translated(chinese, 'too_many_attempts', '', { seconds: 30 }), '密码错误次数过多。请在 30 秒后再试。')
  assert.equal(translated(english, 'source_failed', '', { source: 'ERP' }), '“ERP” could not run the query. Ask in other words; if that does not help, ask an administrator.')
  assert.match(translated(chinese, 'daily_limit', '', { questions: 20, again: '2030-01-31T00:00:00+08:00' }), /^今天的 20 次提问已用完。请在 2030\/01\/3\d \d\d:00 之后再问。$/)
})

test('what is wrong with a field is told by its name, with its limit', () => {
  assert.equal(translated(chinese, 'invalid', '', { field: 'title', problem: 'string_too_long', limit: 200 }), '“标题”有误：最多 200 个字符。')
  assert.equal(translated(chinese, 'invalid', '', { field: 'expires', problem: 'value_error' }), '“失效日期”有误：请填写将来的日期，并晚于生效日期。')
  assert.equal(translated(chinese, 'invalid', '', { field: 'groups.3', problem: 'string_type' }), '“组”有误：请写出组名，用逗号分隔。')
})

test('each sentence is whole, with values and without', () => {
  const seven = new Proxy({}, { get: () => '7' }) as Values
  for (const [reason, own] of ALL)
    for (const text of [said(own), said(own, seven)]) assert.match(text, /^(?!.*(undefined|null|NaN)).*[。.]$/, reason)
})

test('what takes values in English takes them in Chinese', () => {
  for (const [reason, own] of Object.entries(english)) assert.equal(typeof chinese[reason as keyof typeof chinese], typeof own, reason)
})
