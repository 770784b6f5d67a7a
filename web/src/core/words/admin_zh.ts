import type { AdminWords } from './admin_en.ts'

export const adminZh: AdminWords = {
  title: '管理', people: '人员', grants: '工作区与权限', keys: 'API 密钥', audit: '审计日志', status: '状态',
  add: '添加', remove: '移除', create: '创建', none: '这里还没有内容。', cancel: '取消',
  user: {
    name: '用户名', password: '密码（至少 10 个字符）', groups: '组', roles: '角色', add: '添加人员', groupsHint: '用逗号分隔',
    offboard: '办理离职', leaver: (name) => `${name} 离职`, heir: '授权和密钥移交给（选填）',
    left: (name, grants, keys, documents) => `${name} 已锁定。授权 ${grants} 项，密钥 ${keys} 个，上传文档 ${documents} 份。`,
    leaverHelp: '账号立即锁定，会话和密钥在一秒内失效。其名下的内容会列出，并移交给接任者。',
    acts: '可用操作', actsOf: (name) => `对 ${name} 的操作`, locked: '已锁定', template: '角色',
    act: { template: '赋予角色', change: '更改组和角色', password: '新密码', logout: '在所有地方退出登录', lock: '锁定', unlock: '解锁', offboard: '办理离职', remove: '移除' },
    asks: {
      lock: (name) => `锁定 ${name}？其会话、令牌和密钥在一秒内失效，正在生成的回答也会停止。之后可以解锁。`,
      unlock: (name) => `允许 ${name} 重新登录？`,
      logout: (name) => `让 ${name} 在所有浏览器和程序中退出登录？之后可以再次登录。`,
      remove: (name) => `移除 ${name}？其令牌立即失效，授权一并取消。该名称不能再次使用。`,
      template: (name) => `${name} 将获得模板中的组、角色和授权；已有的保持不变。`,
    },
    find: '用户名、组或角色', rights: '权限', may: (workspace, actions) => `${workspace}：${actions}`,
  },
  actions: { ask: '提问', read: '阅读', write: '写入', manage: '管理', summarise: '汇总' },
  grant: {
    workspace: '工作区', to: '对象', actions: '可以', add: '授予权限', toHint: 'group:finance、person:alice、role:manager、app:crm',
    confirm: (to, workspace) => `取消 ${to} 在 ${workspace} 中的权限？立即生效。`,
    newWorkspace: '新建工作区', name: '名称', title: '标题', nobody: '还没有人拥有此工作区的权限。',
    deny: '改为禁止', denied: '已禁止',
    whyHere: '谁在这里可以做什么，为什么？', why: '为什么？', whoHint: 'person:bob、group:finance、app:crm',
    unknown: (who) => `目前没有 ${who}。`, knownAs: (who, names) => `${who} 同时属于 ${names}。`,
    because: {
      grant: (to) => `来自对 ${to} 的授权`, deny: (to) => `因 ${to} 被禁止`, admin: () => '管理员', key: () => '由密钥的范围决定',
      locked: () => '账号已锁定', none: () => '没有授权',
    },
    removeWorkspace: '移除工作区', confirmWorkspace: (name) => `移除 ${name}？该名称不能再次使用。`,
  },
  key: {
    name: '系统', workspaces: '工作区', bus: '也用于消息总线', expires: '到期', add: '创建密钥', never: '永不',
    rotate: '更换密钥', rotated: (until) => `之前的密钥可用至 ${until}。`,
    secret: '密钥只显示这一次，请立即复制；Cloister 只保存其摘要。', copy: '复制', copied: '已复制', done: '我已保存',
    confirm: (name) => `移除 ${name} 的密钥？移除后立即失效。`, yes: '是', no: '否',
  },
  directory: {
    title: '公司目录', sync: '立即全部读取', busy: '正在读取…', has: (people, groups) => `${people} 人，${groups} 个组`, at: (when) => `上次完整读取：${when}`,
  },
  topic: {
    title: '主题', help: '规定某个组的成员可以问什么：“仅限”表示问题必须含有其中一个词，“禁止”表示问题不能含有其中任何一个词。',
    group: '组', only: '仅限', not: '禁止', hint: '词之间用逗号分隔', add: '设置主题', confirm: (group) => `取消 ${group} 的主题规则？`,
  },
  queue: {
    title: '队列', waiting: '等待中', answering: '正在回答', slots: '占全部名额', next: '新提问预计等待', atOnce: '无需等待', oldest: '最长已等待',
    lately: '最近五分钟的等待数量', pool: '资源池', pace: (time) => `一个回答约需 ${time}`, worker: '工作进程', busy: '占用', models: '模型', away: '引擎没有响应',
    noWorker: '没有工作进程。', nobody: '没有工作进程：问题正在等待。请用 `cloister up` 启动，或检查引擎。',
    help: '每 2 秒刷新一次。人员、业务系统和批量任务默认按 8 : 3 : 1 分配名额。',
    lanes: { interactive: '人员', system: '业务系统', batch: '批量任务' },
  },
  usage: {
    title: '用量', month: '月份', questions: '提问', people: '人数', median: '半数回答用时不超过', slowest: '95% 回答用时不超过', hours: '节省工时', useful: '认为有用',
    change: (by) => `较上月 ${by}`, days: '每日提问', outcomes: '结果', departments: '各部门提问',
    outcome: { answered: '已回答', not_found: '文档中没有', refused: '拒绝或失败' },
    workspaces: '各工作区引用的段落', gpu: '各部门占用 GPU 秒数', costs: '各部门费用', noDepartment: '无部门',
  },
  sources: {
    title: '数据源', help: 'connectors.toml 中声明的业务系统，打开此页时逐一测试。', again: '重新测试', trying: '正在测试各数据源…', none: '还没有声明数据源，方法见 docs/business-data.md。',
    well: '正常', trouble: '异常', has: (tables, queries) => `${tables} 张表，${queries} 个预设查询`, open: (names) => `开放给 ${names}`,
  },
  alert: {
    title: '告警', help: '审计规则在最近 30 天内发现的异常。规则文件由 CLOISTER_AUDIT_RULES 指定。', bans: '目前被限制访问', until: (when, rule) => `限制至 ${when}（规则 ${rule}）`,
    lift: '恢复访问', none: '规则没有发现异常。', at: '时间', who: '人员或系统', rule: '规则', value: '计数', act: '处置', seen: '查看人', acknowledge: '我已查看',
    note: '您的发现（选填）', acts: { note: '仅记录', alert: '告警', ban: '暂时限制访问', lock: '已锁定' },
  },
  limits: '限额与主题', limit: {
    add: '设置限额', to: '对象', daily: '每天提问数', opens: '开始', closes: '结束', days: '星期', zone: '时区',
    help: '某个人员、组、角色或密钥每天可以提多少问题，以及可用的时间。', any: '不限', perDay: (n) => `每天 ${n} 次`,
    confirm: (to) => `取消 ${to} 的限额？`,
    week: { mon: '周一', tue: '周二', wed: '周三', thu: '周四', fri: '周五', sat: '周六', sun: '周日' },
  },
  log: {
    help: '每个事件都先写入日志，其结果才会显示给任何人。日志只含编号和摘要，不含正文。',
    about: '问题或文档', principal: '人员或系统', kind: '类别', since: '从', until: '到', follow: '实时跟踪', following: '正在跟踪',
    anyKind: '全部类别', at: '时间', event: '事件', who: '人员或系统', where: '来自服务', journey: '处理过程', back: '全部记录',
    number: '序号', began: '开始', lasted: '用时', older: '较早', newer: '较新', none: '没有符合条件的记录。', trace: '追踪编号',
    facts: {
      lane: '通道', department: '部门', workspaces: '工作区', model: '模型', finish: '结束方式', reason: '原因', status: '状态', pool: '资源池', rows: '行数',
      duration_ms: '毫秒', attempt: '第几次尝试', stage: '阶段', chunks: '片段', passages: '段落', citations: '引用',
    },
    kinds: { query: '提问', answer: '回答', document: '文档', access: '权限与登录', audit: '日志本身', ask: '总线提问' },
  },
  health: {
    ready: '一切正常。', models: '模型', handled: '启动以来处理的事件', event: '事件', service: '服务',
    count: '次数', failed: '失败', median: '半数用时不超过', p95: '95% 用时不超过', refresh: '每 5 秒刷新一次。',
    unreachable: '无法读取状态；Cloister 可能已停止，或网络中断。',
    services: '服务', indexName: '索引', whole: '完整', workers: '工作进程', workersSeen: (n, slots, waiting) => `${n} 个工作进程，${slots} 个名额，${waiting} 个等待`,
    signed: (n) => `${n} 条记录已有签名检查点`, sourcesSeen: (n) => `已声明 ${n} 个`,
    index: (share) => `新模型的索引已建成 ${share}。`,
  },
}
