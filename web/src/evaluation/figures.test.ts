import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageOf, read, WrongLine } from './dataset.ts'
import { figures, Titles } from './figures.ts'

test('figures are those of the command', () => {
  const told = figures([1, null, 3, 11])
  assert.deepEqual([told['recall@1'], told['recall@5'], told['recall@10']], [0.25, 0.5, 0.5])
  assert.equal(told.mrr, Math.round(((1 + 1 / 3 + 1 / 11) / 4) * 10_000) / 10_000)
  assert.equal(told['ndcg@10'], 0.375)
})

test('a wrong line is named with its field', () => {
  const good = '{"question": "?", "document": "a.md", "page": 2}'
  assert.deepEqual(read(`${good}\n\n${good}`).map((one) => one.line), [1, 3])
  for (const [line, field] of [['{', 'json'], ['[]', 'json'], ['{"document": "a"}', 'question'], ['{"question": "?"}', 'document'],
    ['{"question": "?", "document": "a", "page": 0}', 'page'], ['{"question": "?", "document": "a", "check": true}', 'check']] as const) {
    assert.throws(() => read(`${good}\n${line}`), (error) => error instanceof WrongLine && error.line === 2 && error.field === field, line)
  }
})

test('a title without its folder is enough when no document is called so whole', () => {
  const asked = { line: 1, question: '?', document: 'a.md', page: null, language: 'en' }
  const found = [{ title: 'old/a.md', page: 1 }, { title: 'a.md', page: 4 }]
  assert.equal(new Titles(['old/a.md']).rank(asked, found), 1)
  assert.equal(new Titles(['old/a.md', 'a.md']).rank(asked, found), 2)
  assert.equal(new Titles(['a.md']).rank({ ...asked, page: 5 }, found), null)
})

test('the language is guessed', () => {
  assert.deepEqual(['差旅费多少？', 'QM-200 的价格', 'the 一 key of it', '42?'].map(languageOf), ['zh', 'zh', 'en', 'en'])
})
