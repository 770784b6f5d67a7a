/** What the server's words tell of names, numbers and times (docs/reasons.md). */
export type Values = Record<string, string | number | undefined>
export type Sentences = Record<string, string | ((values: Values) => string)>

/** The sentence of a refusal: the page's own for its reason, if it has one, with the server's values; else the server's. */
export function translated(sentences: Sentences, reason: string | undefined, message: string, values: Values = {}): string {
  const own = sentences[reason ?? ''] ?? message
  return typeof own === 'function' ? own(values) : own
}
