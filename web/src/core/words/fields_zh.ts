import type { Values } from '../refusals.ts'

/** Fields by their names, and what may stand in those that have a form of their own. */
export const fields: Record<string, string> = {
  title: '标题', name: '名称', username: '用户名', password: '密码', question: '问题', comment: '评论', note: '备注', reason: '理由', file: '文件',
  workspace: '工作区', workspaces: '工作区', to: '对象', person: '人员', group: '组', groups: '组', roles: '角色', actions: '权限', owner: '负责人',
  allow: '允许名单', deny: '禁止名单', effective: '生效日期', expires: '失效日期', review: '复审日期', daily: '每日次数', opens: '开始时间', closes: '结束时间',
  days: '开放日', zone: '时区', timezone: '时区', cron: '提问时间', delivery: '送达方式', since: '起始时间', until: '截止时间', month: '月份', parameters: '参数',
}
const holder = '请写成 group:finance 或 person:bob 这样的名称'
const clock = '请写成 08:00 这样的时间'
const zone = '请写成 Asia/Shanghai 这样的时区名'
const names = '请使用小写字母、数字和连字符'
export const forms: Record<string, string> = {
  name: names, username: names, group: names, groups: '请写出组名，用逗号分隔', to: holder, owner: holder, allow: holder, deny: holder, password: '请使用 12 个字符以上',
  expires: '请填写将来的日期，并晚于生效日期', opens: clock, closes: clock, zone, timezone: zone, cron: '请检查日期和时间', delivery: '请检查送达地址',
}
const date = '请写成 2030-01-31 这样的日期'
const digits = '请填写数字'
export const problems: Record<string, string | ((limit: unknown) => string)> = {
  missing: '必须填写',
  string_too_short: (limit) => `至少 ${limit} 个字符`, string_too_long: (limit) => `最多 ${limit} 个字符`,
  too_short: (limit) => `至少 ${limit} 项`, too_long: (limit) => `最多 ${limit} 项`,
  greater_than_equal: (limit) => `不能小于 ${limit}`, less_than_equal: (limit) => `不能大于 ${limit}`,
  greater_than: (limit) => `必须大于 ${limit}`, less_than: (limit) => `必须小于 ${limit}`,
  datetime_parsing: date, datetime_from_date_parsing: date, date_parsing: date, date_from_datetime_parsing: date, timezone_aware: date,
  int_parsing: digits, int_type: digits, float_parsing: digits, float_type: digits,
  literal_error: '请选择列出的值', enum: '请选择列出的值', extra_forbidden: '没有这个字段',
}

/** Which field is wrong, and what may stand there. */
export function invalid({ field, problem, limit }: Values): string {
  if (!field) return '填写的内容有误。请更正后再试。'
  const [name = ''] = String(field).split('.')
  const why = problems[problem ?? ''] ?? forms[name] ?? '请检查填写的内容'
  return `“${fields[name] ?? name}”有误：${typeof why === 'function' ? why(limit) : why}。`
}
