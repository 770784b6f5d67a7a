import assert from 'node:assert/strict'
import { test } from 'node:test'
import { earlier } from './earlier.ts'

test('a long conversation is drawn from its end, a task at a time, each turn once', () => {
  const lengths = Array.from({ length: 100 }, () => 700)
  const tasks = [earlier(lengths, 100)]
  while (tasks.at(-1)! > 0) tasks.push(earlier(lengths, tasks.at(-1)!))
  assert.deepEqual(tasks.slice(0, 3), [96, 92, 88])
  assert.equal(tasks.at(-1), 0)
})

test('one answer larger than a task is a task of its own', () => {
  assert.equal(earlier([10, 50_000, 50_000], 3), 2)
  assert.equal(earlier([10, 50_000, 50_000], 2), 1)
})

test('a short conversation is drawn at once', () => {
  assert.equal(earlier([100, 200, 300], 3), 0)
  assert.equal(earlier([], 0), 0)
})
