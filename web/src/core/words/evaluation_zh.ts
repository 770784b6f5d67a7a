import type { EvaluationWords } from './evaluation_en.ts'

export const evaluationZh: EvaluationWords = {
  help: '用已知出处的问题，查看各种检索在第几位找到对应文档，以及回答是否引用了它。问题文件每行一个 JSON 对象：`question`、`document`、`page`（可省略），格式与 `cloister evaluate` 相同。',
  workspace: '工作区', file: '问题文件', judged: '采用被评为有用的回答', answers: '同时逐一提问（排在所有人之后），检查回答是否引用该文档',
  run: (n) => (n === '0' ? '运行' : `运行 ${n} 个问题`), emptySet: '其中没有问题。', going: (done, all) => `已提问 ${done} / ${all}…`, done: (n) => `已提问 ${n} 个问题。`,
  stop: '停止', save: '保存结果', wrong: (line, why) => `第 ${line} 行：${why}`,
  remedies: {
    json: '不是 JSON 对象。请每行写一个对象。', question: '请在 `question` 中写问题。', document: '请在 `document` 中写文档标题，与文档列表一致。',
    page: '`page` 是从 1 开始的数字，也可省略。', check: '这是尚未核对的建议。请改正 `document` 并去掉 `check`。',
  },
  figures: { 'recall@1': '首位命中', 'recall@5': '前五命中', 'recall@10': '前十命中', mrr: 'MRR', 'ndcg@10': 'nDCG@10' },
  without: '未找到', cited: '回答引用了它', within: (time) => `半数不超过 ${time}`, question: '问题', expected: '应找到', instead: '实际首位', nothing: '无',
  unknown: '没有该文档', answer: '回答', cites: '已引用', citesNot: '未引用', leg: '检索', legs: { fused: '综合', dense: '语义', bm25: '字词' },
}
