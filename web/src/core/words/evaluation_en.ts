/** What the evaluation says in English. */
export const evaluationEn = {
  help: 'Questions whose document is known: at which place each search finds it, and whether the answer cites it. The file has one JSON object a line: `question`, `document`, `page` (may be left out), as for `cloister evaluate`.',
  workspace: 'Workspace', file: 'File of questions', judged: 'Take answers that were found useful', answers: 'Ask each question too, behind everybody else, and see whether the answer cites the document',
  run: (n: string) => (n === '0' ? 'Run' : `Run ${n} questions`), emptySet: 'There is no question in it.', going: (done: string, all: string) => `${done} of ${all} asked …`, done: (n: string) => `${n} questions asked.`,
  stop: 'Stop', save: 'Save the result', wrong: (line: string, why: string) => `Line ${line}: ${why}`,
  remedies: {
    json: 'it is no JSON object. Write one object a line.', question: 'write what is asked in `question`.', document: 'write the title of the document in `document`, as the list of documents shows it.',
    page: '`page` is a number from 1, or left out.', check: 'it is a suggestion that nobody has looked at. Correct `document`, and take `check` away.',
  },
  figures: { 'recall@1': 'Found first', 'recall@5': 'Among five', 'recall@10': 'Among ten', mrr: 'MRR', 'ndcg@10': 'nDCG@10' },
  without: 'Not found', cited: 'Answers that cite it', within: (time: string) => `half within ${time}`, question: 'Question', expected: 'Expected', instead: 'First instead', nothing: 'nothing',
  unknown: 'no such document', answer: 'Answer', cites: 'cites it', citesNot: 'does not', leg: 'Search', legs: { fused: 'Together', dense: 'Meaning', bm25: 'Words' },
}

export type EvaluationWords = typeof evaluationEn
