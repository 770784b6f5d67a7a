/** The sentence of a refusal: the page's own for its reason, if it has one; after a colon the server's follows. */
export function translated(sentences: Record<string, string>, reason: string | undefined, message: string): string {
  const own = sentences[reason ?? '']
  if (own === undefined) return message
  return own.endsWith('：') ? own + message : own
}
