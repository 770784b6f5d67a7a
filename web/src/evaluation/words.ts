import { language } from '../core/i18n.ts'
import { evaluationEn, type EvaluationWords } from '../core/words/evaluation_en.ts'
import { evaluationZh } from '../core/words/evaluation_zh.ts'

/** The words of the evaluation. */
export const e = (): EvaluationWords => (language.value === 'zh' ? evaluationZh : evaluationEn)
