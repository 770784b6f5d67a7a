import assert from 'node:assert/strict'
import { test } from 'node:test'
import { adminEn } from './admin_en.ts'
import { adminZh } from './admin_zh.ts'
import { dataEn } from './data_en.ts'
import { dataZh } from './data_zh.ts'
import { en } from './en.ts'
import { evaluationEn } from './evaluation_en.ts'
import { evaluationZh } from './evaluation_zh.ts'
import { fields, forms, problems } from './fields_zh.ts'
import { knowledgeEn } from './knowledge_en.ts'
import { knowledgeZh } from './knowledge_zh.ts'
import { zh } from './zh.ts'

const NAMES = new Set([
  'Cloister', 'GPU', 'API', 'JSON', 'SQL', 'MRR', 'nDCG', 'KiB', 'Enter', 'Shift', 'PDF', 'Word', 'Markdown', 'Office', 'DOCX', 'XLSX', 'PPTX', 'HTML',
  'CSV', 'EML', 'MSG', 'MBOX', 'ZIP', 'Cookie',
])
// What is typed as it stands: commands, settings, files, names of fields and of holders.
const TYPED = /`[^`]+`|cloister audit verify|--allow-mass-delete|CLOISTER_\w+|[\w/.-]+\.(?:toml|md|db|key)|(?:group|person|role|app):\w+|\/srv\/share|Asia\/Shanghai/g
const OTHER_WORDS: [RegExp, string][] = [
  [/登陆/, '登录'], [/帐号|账户/, '账号'], [/密匙|秘钥/, '密钥'], [/拒绝名单/, '禁止名单'], [/词语/, '字词'], [/命名查询/, '预设查询'], [/意见/, '反馈'],
  [/起始问题/, '推荐问题'], [/定时任务/, '定时提问'], [/撤回/, '撤下'], [/现行/, '当前'], [/……|\.\.\./, '…'], [/可不填/, '选填'], [/索引入|编入索引/, '建立索引'],
]
const chinese = { zh, adminZh, dataZh, evaluationZh, knowledgeZh, fields, forms, problems }
const english = { en, adminEn, dataEn, evaluationEn, knowledgeEn }

/** Every text with its place; functions are given sevens, a refusal a seven for each value. */
function texts(words: unknown, place = ''): [string, string][] {
  if (typeof words === 'string') return [[place, words]]
  if (typeof words === 'function' && place.includes('.refusals.')) return [[place, words(new Proxy({}, { get: () => '7' }))]]
  if (typeof words === 'function') return [[place, filled(words as (...given: unknown[]) => string)]]
  return Object.entries(words as object).flatMap(([name, one]) => texts(one, `${place}.${name}`))
}

function filled(text: (...given: unknown[]) => string): string {
  const sevens = (one: unknown) => Array.from({ length: text.length }, () => one)
  try {
    return text(...sevens('7'))
  } catch {
    return text(...sevens(['7', '7']))
  }
}

/** The texts in which a rule finds something, each with what it found. */
const found = (all: [string, string][], rule: (text: string) => string[]): string[] =>
  all.flatMap(([place, text]) => rule(text).map((what) => `${place}: ${what} in ${text}`))

const foreign = (text: string): string[] => (text.replaceAll(TYPED, '').match(/[A-Za-z]{2,}/g) ?? []).filter((word) => !NAMES.has(word))
const matches = (rule: RegExp) => (text: string) => [...(text.replaceAll(/`[^`]+`/g, 'X').match(rule) ?? [])]

test('the rules find what they are for', () => {
  assert.deepEqual(foreign('请运行 `cloister up`，再 try again。'), ['try', 'again'])
  assert.deepEqual(texts({ one: (n: string) => `${n} x`, all: (given: string[]) => given.join() }), [['.one', '7 x'], ['.all', '7,7']])
})

test('the Chinese words have no English in them but names and what is typed', () => {
  assert.deepEqual(found(texts(chinese), foreign), [])
})

test('the English words have no Chinese in them', () => {
  assert.deepEqual(found(texts(english), matches(/[\p{Script=Han}，。：；？！（）、“”]*\p{Script=Han}+/gu)), [])
})

test('in Chinese a space stands between Chinese and Latin letters or digits', () => {
  assert.deepEqual(found(texts(chinese), matches(/\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9%]\p{Script=Han}/gu)), [])
})

test('Chinese punctuation is full-width and without spaces around it', () => {
  assert.deepEqual(found(texts(chinese), matches(/\p{Script=Han}\s?[,;:!?.()"]|[,;:!?()"]\s?\p{Script=Han}|\s[，。：；？！（）、]|[，。：；？！（）、]\s/gu)), [])
})

test('a thing has one name in every view', () => {
  for (const [other, name] of OTHER_WORDS) assert.deepEqual(found(texts(chinese), matches(new RegExp(other, 'gu'))), [], `say ${name}`)
})
