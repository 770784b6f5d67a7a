import type { DataWords } from './data_en.ts'

export const dataZh: DataWords = {
  title: '业务数据', queries: '预设查询', schedules: '定时提问', find: '查找查询', none: '没有匹配的查询。', choose: '请在左侧选择一个查询。',
  examples: '也可以这样问', run: '运行', running: '正在运行…', noParameters: '不需要参数。',
  period: '例如：本月、上季度、2026-01-01 至 2026-04-01', periods: ['本月', '上月', '本季度', '上季度', '今年', '去年'],
  fallback: (value) => `留空则为 ${value}`, between: (least, most) => `${least} 至 ${most}`, rows: '结果', empty: '没有数据行。',
  schedule: {
    help: '按设定的时间替您提问，并按届时您的权限执行。', title: '标题', question: '问题', workspace: '工作区', everywhere: '全部工作区',
    when: '时间', every: { day: '每天', weekday: '周一至周五', week: '每周', month: '每月' }, at: '时刻', on: '星期', day: '每月几号', zone: '时区',
    deliver: '发送到', kinds: { none: '不发送，在此查看', email: '电子邮件', webhook: '网址', file: '服务器上的文件' }, to: '地址', add: '添加定时提问',
    next: '下次', last: '上次运行', remove: '移除', confirm: (title) => `不再定时提问“${title}”？`, empty: '还没有定时提问。',
    states: { begun: '已开始', asked: '已提问', delivered: '已送达', failed: '失败' },
    week: ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  },
}
