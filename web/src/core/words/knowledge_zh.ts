import type { KnowledgeWords } from './knowledge_en.ts'

export const knowledgeZh: KnowledgeWords = {
  title: '知识库', documents: '文档', due: '待复审', search: '检索测试', evaluation: '评测', opinions: '反馈',
  workspace: '工作区', everywhere: '全部工作区', status: '状态', anyStatus: '全部状态', find: '标题中的字词',
  statuses: { received: '已接收', parsing: '正在读取', indexing: '正在建立索引', indexed: '使用中', rejected: '被拒绝', removed: '已删除', superseded: '已被新版取代' },
  vectors: (share, seconds) =>
    `可按字词查找；语义索引已完成 ${share}${seconds > 90 ? `，约剩 ${Math.round(seconds / 60)} 分钟` : seconds ? `，约剩 ${seconds} 秒` : ''}`,
  withdrawn: '已撤下', expired: '已过期', notYet: '尚未生效', limited: '限定读者',
  columns: { title: '标题', workspace: '工作区', status: '状态', pages: '页数', changed: '更新', owner: '负责人', review: '复审' },
  count: (n) => `${n} 份文档`, shown: (from, to, all) => `第 ${from}–${to} 份，共 ${all} 份`,
  previous: '上一页', next: '下一页', empty: '这里还没有文档。把文件拖到本页任意位置，或在上方添加。', none: '没有符合条件的文档。请更改筛选条件或工作区。', noneDue: '未来 30 天内没有待复审的文档。在文档中设置“复审日期”，它就会按时列在这里。',
  newest: (when) => `最近更新：${when}`, rejectedCount: (n) => `${n} 份被拒绝`, dueCount: (n) => `${n} 份将在 30 天内待复审`,
  upload: {
    button: '添加文件', folder: '添加文件夹', into: '添加到', drop: '把文件或文件夹拖到这里',
    dropInto: (name) => `松开即可添加到“${name}”`, title: '上传', waiting: '等待中', sending: '正在发送', failed: '失败',
    stopped: '已停止', retry: '重试', retryAll: '重试失败项', stop: '停止', stopAll: '全部停止', clear: '清除已完成项',
    progress: (done, all) => `已完成 ${done} / ${all}`, unsent: '还有文件正在发送，仍要离开吗？',
    lost: '连接中断，恢复后自动重新发送。', unreadable: '无法读取该文件。请确认它还在原处；文件夹请单独拖入。',
  },
  document: {
    facts: '基本信息', open: '打开', download: '下载', replace: '上传新版', withdraw: '撤下', restore: '恢复', retry: '重新读取',
    remove: '删除', revisions: '版本', readers: '谁可以阅读', why: '为什么？', size: '大小', pages: '页数', pieces: '片段',
    effective: '生效日期', expires: '失效日期', review: '复审日期', owner: '负责人', title: '标题', save: '保存', saved: '已保存。',
    by: (who) => `由 ${who} 上传`, hidden: '已剔除的隐藏内容', current: '使用中',
    confirmRemove: (title) => `删除“${title}”及其全部版本？它会立即从所有回答中消失，且无法撤销。如果以后可能还要用，请改用撤下。`,
    confirmWithdraw: (title) => `撤下“${title}”？在恢复之前没有人能找到它。`,
    allow: '允许名单', deny: '禁止名单', allowHint: '留空表示工作区的所有读者。每行一个名称，如 group:finance 或 person:bob。',
    byRights: '按工作区的权限，以下对象可以阅读；上面的名单会进一步限制。选择一个查看原因：',
    keptOut: '被禁止进入工作区：',
    denyHint: '优先于其他一切规则。', whyFor: '人员、组或密钥', whyHint: 'person:bob',
  },
  test: {
    question: '问题', run: '检索', legs: { fused: '综合', dense: '语义', bm25: '字词' },
    help: '不使用语言模型，查看一个问题能检索到什么：每个段落在语义检索、字词检索和综合检索中的名次与得分。',
    none: '没有足够接近的段落。单独按语义或按字词仍可能找到一些，列在下面。',
    answerable: (n) => `有 ${n} 个段落足够接近，可以检索到。`, notFound: '–',
  },
  starting: {
    title: '推荐问题', help: '有权向该工作区提问的人会在新提问页面上看到这些问题。', question: '问题', add: '添加',
    none: '还没有推荐问题。请添加一个常见问题。', confirm: (question) => `删除“${question}”？之后可以重新添加。`, remove: (question) => `删除“${question}”`,
  },
  folders: {
    title: '同步文件夹', help: '与工作区保持同步的文件夹。在存放文件夹的机器上启动：', path: '/srv/share',
    none: '没有同步中的文件夹。', inStep: '已同步', silent: '没有报告', trouble: '有问题', rejected: (n) => `${n} 个被拒绝`,
    files: (files, documents) => `${files} 个文件，${documents} 份文档`, waiting: (n) => `${n} 个等待中`,
    seen: (when, who) => `${who} 最近一次报告：${when}`, forget: (folder) => `将 ${folder} 从列表中删除`,
    confirm: (folder) => `把 ${folder} 从列表中移除？其中的文档会保留；仍在运行的同步程序会再次报告它。`,
  },
  feedback: { help: '对您所管理的工作区中各个回答的反馈，不显示反馈人。', useful: '有用', wrong: '有误', none: '还没有反馈。有人把回答标为有用或有误后，会显示在这里。', all: '全部' },
}
