import { language } from '../core/i18n.ts'
import { knowledgeEn, type KnowledgeWords } from '../core/words/knowledge_en.ts'
import { knowledgeZh } from '../core/words/knowledge_zh.ts'

/** The words of the Knowledge views. */
export const k = (): KnowledgeWords => (language.value === 'zh' ? knowledgeZh : knowledgeEn)
