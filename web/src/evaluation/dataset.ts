/** A question with the place of its answer; without `page` any page will do. */
export interface Question {
  line: number
  question: string
  document: string
  page: number | null
  language: string
}

/** A line that cannot be taken: its number, and the field that is wrong. */
export class WrongLine extends Error {
  readonly line: number
  readonly field: 'json' | 'question' | 'document' | 'page' | 'check'

  constructor(line: number, field: WrongLine['field']) {
    super(`line ${line}: ${field}`)
    this.line = line
    this.field = field
  }
}

/** JSON lines as `cloister evaluate` takes them; `WrongLine` for the first that is wrong. */
export function read(text: string): Question[] {
  return text.replace(/^\ufeff/, '').split('\n').flatMap((line, i) => (line.trim() ? [question(line, i + 1)] : []))
}

function question(text: string, line: number): Question {
  const found = object(text, line)
  const { page } = found
  for (const field of ['question', 'document'] as const) {
    if (typeof found[field] !== 'string' || !(found[field] as string).trim()) throw new WrongLine(line, field)
  }
  if (page !== undefined && page !== null && !(Number.isInteger(page) && (page as number) > 0)) throw new WrongLine(line, 'page')
  if (found['check']) throw new WrongLine(line, 'check')
  const asked = String(found['question'])
  const spoken = typeof found['language'] === 'string' ? found['language'] : languageOf(asked)
  return { line, question: asked, document: String(found['document']), page: (page as number | undefined) ?? null, language: spoken }
}

function object(text: string, line: number): Record<string, unknown> {
  try {
    const found: unknown = JSON.parse(text)
    if (found && typeof found === 'object' && !Array.isArray(found)) return found as Record<string, unknown>
  } catch {
    // Told below with its line.
  }
  throw new WrongLine(line, 'json')
}

const HAN = 0.2 // of the letters; a Chinese question with an English product name has more

/** By the share of Chinese characters among the letters. */
export function languageOf(text: string): 'zh' | 'en' {
  const letters = text.match(/\p{L}/gu) ?? []
  const han = letters.filter((one) => /\p{Script=Han}/u.test(one)).length
  return letters.length && han >= HAN * letters.length ? 'zh' : 'en'
}
