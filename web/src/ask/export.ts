import { labelled, list, t } from '../core/i18n.ts'
import { save } from '../source/download.ts'
import type { Conversation } from './conversation.ts'
import type { Exchange } from './exchange.ts'
import type { Part } from './word.ts'

/** An answer as text, its sources below. */
export function withSources(exchange: Exchange): string {
  return [exchange.text.value, ...sourceLines(exchange)].join('\n')
}

function sourceLines(exchange: Exchange): string[] {
  const words = t().ask
  return [...lines(words.sources, true), ...lines(words.alsoFound, false)]

  function lines(title: string, used: boolean): string[] {
    const cited = exchange.citations.value.filter((one) => (one.used !== false) === used)
    const told = cited.map((one) => {
      const page = one.data ? [words.data] : [t().source.revision(one.revision), words.page(one.page)]
      return `[${one.n}] ${list([one.title, ...page, one.heading].filter(Boolean))}`
    })
    return told.length ? ['', labelled(title, '').trimEnd(), ...told] : []
  }
}

/** A file's name without what file systems refuse. */
const named = (title: string, ending: string): string =>
  `${title.replace(/[\\/:*?"<>|\p{C}]/gu, ' ').trim().slice(0, 80) || 'Cloister'}.${ending}`

export function asMarkdown(current: Conversation): void {
  const parts = current.exchanges.value.map((one) => `## ${one.question}\n\n${withSources(one)}`)
  const text = [`# ${current.title.value}`, ...parts].join('\n\n') + '\n'
  save(new Blob([text], { type: 'text/markdown' }), named(current.title.value, 'md'))
}

export async function asWord(current: Conversation): Promise<void> {
  const [{ wordFile }, { wordParts }] = await Promise.all([import('./word.ts'), import('./word_parts.ts')])
  const line = (style: string, text: string): Part => ({ style, runs: [[text, false]] })
  const parts: Part[] = [line('Title', current.title.value)]
  for (const one of current.exchanges.value) {
    parts.push(line('Heading1', one.question), ...wordParts(one.text.value))
    for (const source of sourceLines(one).filter(Boolean)) parts.push(line('Quote', source))
  }
  save(wordFile(parts), named(current.title.value, 'docx'))
}
