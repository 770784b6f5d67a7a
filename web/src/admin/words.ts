import { language } from '../core/i18n.ts'
import { adminEn, type AdminWords } from '../core/words/admin_en.ts'
import { adminZh } from '../core/words/admin_zh.ts'

/** The words of the Administration views. */
export const a = (): AdminWords => (language.value === 'zh' ? adminZh : adminEn)
