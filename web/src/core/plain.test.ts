import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plain } from './plain.ts'

test('what is read aloud or shown in a line has no signs of Markdown', () => {
  assert.equal(plain('## 费用预算\n\n| 部门 | 合计 |\n| --- | --- |\n| 财务部 | 444 |'), '费用预算 部门 · 合计 财务部 · 444')
  assert.equal(plain('## 费用 | 部门 | 合计 | | --- | --- | | 财务部 | 444 |'), '费用 · 部门 · 合计 · 财务部 · 444')
  assert.equal(plain('**要点**：\n- 一 [1]\n- 二 [2]。'), '要点： 一 二。')
})
