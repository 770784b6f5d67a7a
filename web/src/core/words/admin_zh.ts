import type { AdminWords } from './admin_en.ts'

export const adminZh: AdminWords = {
  title: '管理', people: '人员', grants: '工作区与权限', keys: 'API 密钥', audit: '审计日志', status: '状态',
  add: '添加', remove: '移除', create: '创建', none: '这里还没有内容。', cancel: '取消',
  user: {
    name: '用户名', password: '密码（至少 10 个字符）', groups: '组', roles: '角色', add: '添加人员', groupsHint: '用逗号分隔',
    confirm: (name) => `移除 ${name}？其令牌立即失效，授权一并取消。该名称不能再次使用。`,
    lock: '锁定', unlock: '解锁', offboard: '办理离职', leaver: (name) => `${name} 离职`, heir: '授权和密钥移交给（可不填）',
    left: (name, grants, keys, documents) => `${name} 已锁定。授权 ${grants} 项，密钥 ${keys} 个，上传文件 ${documents} 个。`,
    leaverHelp: '立即锁定；会话和密钥一秒内失效。其名下内容会列出，并移交给接任者。',
    find: '姓名、组或角色', rights: '权限', may: (workspace, actions) => `${workspace}：${actions}`,
  },
  roles: { admin: '管理员', auditor: '审计员', manager: '经理', reviewer: '审核员', member: '成员' },
  actions: { ask: '提问', read: '阅读', write: '写入', manage: '管理', summarise: '汇总' },
  grant: {
    workspace: '工作区', to: '对象', actions: '可以', add: '授予权限', toHint: 'group:finance、person:alice、role:manager、app:crm',
    confirm: (to, workspace) => `取消 ${to} 在 ${workspace} 的权限？立即生效。`,
    newWorkspace: '新建工作区', name: '名称', title: '标题', nobody: '这里还没有任何人有权限。',
    removeWorkspace: '移除工作区', confirmWorkspace: (name) => `移除 ${name}？该名称不能再次使用。`,
  },
  key: {
    name: '系统', workspaces: '工作区', bus: '也用于消息总线', expires: '到期', add: '创建密钥', never: '永不',
    rotate: '更换密钥', rotated: (until) => `之前的密钥可用至 ${until}。`,
    secret: '密钥只显示这一次，请立即复制；Cloister 只保存其摘要。', copy: '复制', copied: '已复制', done: '我已保存',
    confirm: (name) => `移除 ${name} 的密钥？从现在起它将被拒绝。`, yes: '是', no: '否',
  },
  limits: '限额', limit: {
    add: '设置限额', to: '对象', daily: '每天提问数', opens: '开始', closes: '结束', days: '星期', zone: '时区',
    help: '某个人员、组、角色或密钥每天可以提多少问题，以及可用的时间。', any: '不限', perDay: (n) => `每天 ${n} 次`,
    confirm: (to) => `取消 ${to} 的限额？`,
    week: { mon: '周一', tue: '周二', wed: '周三', thu: '周四', fri: '周五', sat: '周六', sun: '周日' },
  },
  log: {
    help: '每个事件都先存档，之后才有人看到其结果。日志只含编号和摘要，不含内容。',
    about: '问题或文件', principal: '人员或系统', kind: '类别', since: '从', until: '到', follow: '跟随', following: '正在跟随',
    anyKind: '全部类别', at: '时间', event: '事件', who: '谁', where: '来自服务', journey: '经过', back: '全部记录',
    number: '序号', took: '之后', older: '更早', newer: '更新', none: '没有符合条件的记录。', trace: '追踪编号', latest: '最新',
    kinds: { query: '提问', answer: '回答', document: '文件', access: '权限与登录', audit: '日志本身', ask: '总线提问' },
  },
  health: {
    ready: '一切正常。', problems: '部分功能异常：', models: '模型', handled: '启动以来处理的事件', event: '事件', service: '服务',
    count: '次数', failed: '失败', median: '半数用时不超过', p95: '95% 用时不超过', refresh: '每 5 秒查看一次。',
    unreachable: '无法读取状态；Cloister 可能已停止，或网络中断。', within: (s) => `${s} 秒`,
    index: (share) => `新模型的索引已建成 ${share}%。`,
  },
}
