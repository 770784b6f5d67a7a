import { Lexer, type Token, type Tokens } from 'marked'
import type { Part, Run } from './word.ts'

/** An answer's Markdown as the parts of a Word file: headings, lists and tables are such there, too. */
export const wordParts = (markdown: string): Part[] => new Lexer({ gfm: true }).lex(markdown).flatMap((token) => parts(token))

function parts(token: Token): Part[] {
  switch (token.type) {
    case 'space':
    case 'hr':
      return []
    case 'heading':
      return [{ style: 'Heading2', runs: runs((token as Tokens.Heading).tokens) }]
    case 'list':
      return listed(token as Tokens.List)
    case 'table': {
      const { header, rows } = token as Tokens.Table
      const head = header.map((cell) => runs(cell.tokens, true))
      return [{ rows: [head, ...rows.map((row) => row.map((cell) => runs(cell.tokens)))] }]
    }
    case 'blockquote':
      return (token as Tokens.Blockquote).tokens.flatMap((one) => parts(one))
    case 'code':
      return (token as Tokens.Code).text.split('\n').map((line) => ({ style: '', runs: [[line, false]] }))
    default:
      return [{ style: '', runs: runs('tokens' in token ? token.tokens : undefined, false, token.raw) }]
  }
}

function listed({ items, ordered, start }: Tokens.List): Part[] {
  return items.flatMap((item, i) => {
    const [first, ...rest] = item.tokens.flatMap((one) => parts(one))
    const sign: Run = [ordered ? `${Number(start || 1) + i}. ` : '• ', false]
    const line: Part = { style: 'ListParagraph', runs: [sign, ...(first && 'runs' in first ? first.runs : [])] }
    return [line, ...rest]
  })
}

function runs(tokens: Token[] | undefined, bold = false, raw = ''): Run[] {
  if (!tokens) return [[raw.trim(), bold]]
  return tokens.flatMap((token): Run[] => {
    if (token.type === 'br') return [[' ', bold]]
    if ('tokens' in token && token.tokens && token.type !== 'link') return runs(token.tokens, bold || token.type === 'strong')
    return [[token.type === 'codespan' || token.type === 'escape' ? token.text : token.raw, bold]]
  })
}
