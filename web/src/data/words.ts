import { language } from '../core/i18n.ts'
import { dataEn, type DataWords } from '../core/words/data_en.ts'
import { dataZh } from '../core/words/data_zh.ts'

/** The words of the Business data views. */
export const d = (): DataWords => (language.value === 'zh' ? dataZh : dataEn)
