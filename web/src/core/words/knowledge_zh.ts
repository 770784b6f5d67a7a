import type { KnowledgeWords } from './knowledge_en.ts'

export const knowledgeZh: KnowledgeWords = {
  title: '知识', documents: '文件', due: '待复审', search: '检索测试', evaluation: '评测', opinions: '意见',
  workspace: '工作区', everywhere: '全部工作区', status: '状态', anyStatus: '全部状态', find: '标题中的字词',
  statuses: { received: '已接收', parsing: '正在读取', indexing: '正在编入索引', indexed: '使用中', rejected: '被拒绝', removed: '已删除', superseded: '已被取代' },
  vectors: (share, seconds) =>
    `可按词查找；语义 ${share} %${seconds > 90 ? `，约剩 ${Math.round(seconds / 60)} 分钟` : seconds ? `，约剩 ${seconds} 秒` : ''}`,
  withdrawn: '已撤下', expired: '已过期', notYet: '尚未生效', limited: '限定读者',
  columns: { title: '标题', workspace: '工作区', status: '状态', pages: '页数', changed: '更新', owner: '负责人', review: '复审' },
  count: (n) => `${n} 个文件`, shown: (from, to, all) => `第 ${from}–${to} 个，共 ${all} 个`,
  previous: '上一页', next: '下一页', empty: '这里还没有文件。', none: '没有符合条件的文件。',
  newest: (when) => `最近更新：${when}`, rejectedCount: (n) => `${n} 个被拒绝`,
  upload: {
    button: '添加文件', folder: '添加文件夹', into: '放入', drop: '把文件或文件夹拖到这里',
    dropInto: (name) => `松开即可添加到${name}`, title: '上传', waiting: '等待中', sending: '正在发送', failed: '失败',
    stopped: '已停止', retry: '重试', retryAll: '重试失败的', stop: '停止', stopAll: '全部停止', clear: '清除已完成的',
    progress: (done, all) => `已完成 ${done} / ${all}`, unsent: '还有文件正在发送，仍要离开吗？',
    lost: '连接中断，恢复后自动重新发送。', unreadable: '无法读取该文件。请确认它还在原处；文件夹请单独拖入。', summary: (ok, bad) => `${ok} 个使用中，${bad} 个有问题`,
  },
  document: {
    facts: '基本信息', open: '打开', download: '下载', replace: '上传新版', withdraw: '撤下', restore: '恢复', retry: '重新读取',
    remove: '删除', revisions: '版本', readers: '谁可以阅读', why: '为什么？', size: '大小', pages: '页数', pieces: '片段',
    effective: '生效日期', expires: '失效日期', review: '复审日期', owner: '负责人', title: '标题', save: '保存', saved: '已保存。',
    by: (who) => `由 ${who} 上传`, hidden: '已剔除的隐藏内容', current: '使用中', parent: '来自',
    confirmRemove: (title) => `删除“${title}”及其全部版本？它会立即从所有回答中消失。`,
    confirmWithdraw: (title) => `撤下“${title}”？在恢复之前没有人能找到它。`,
    allow: '仅限', deny: '排除', allowHint: '留空：工作区的所有读者。每行一个名称，如 group:finance 或 person:bob。',
    denyHint: '优先于其他一切规则。', whyFor: '人员、组或密钥', check: '查看', whyHint: 'person:bob',
    finds: '能找到', findsNot: '找不到', opens: '能打开', opensNot: '不能打开',
    uploaded: '正在读取新版。', gone: '已删除。',
  },
  test: {
    question: '问题', run: '检索', legs: { fused: '合并', dense: '语义', bm25: '字词' }, rank: '名次', score: '得分',
    help: '不经过模型，看一个问题能找到什么：每个段落在语义检索、字词检索以及二者合并中的名次和得分。',
    none: '没有足够接近、能被找到的段落。下面是单独按语义或按字词找到的段落。',
    answerable: (n) => `有 ${n} 个段落足够接近，能被找到。`, notFound: '–',
  },
  starting: {
    title: '起始问题', help: '可向该工作区提问的人会在空白页面上看到这些问题。', question: '问题', add: '添加',
    none: '还没有起始问题。', remove: (question) => `删除“${question}”`,
  },
  folders: {
    title: '同步文件夹', help: '与工作区保持同步的文件夹。在存放文件夹的机器上启动：', path: '/srv/share',
    none: '没有同步中的文件夹。', inStep: '已同步', silent: '无消息', trouble: '有问题', rejected: (n) => `${n} 个被拒绝`,
    files: (files, documents) => `${files} 个文件，${documents} 份文档`, waiting: (n) => `${n} 个等待中`,
    seen: (when, who) => `最近报告 ${when}，由 ${who}`, forget: (folder) => `将 ${folder} 从列表中删除`,
  },
  feedback: { help: '大家对您所管理工作区的回答的意见，不显示是谁的意见。', useful: '有用', wrong: '有误', none: '还没有意见。', all: '全部', comment: '意见' },
}
