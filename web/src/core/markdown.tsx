import type { Token, Tokens } from 'marked'
import { Lexer } from 'marked'
import type { ComponentChildren } from 'preact'
import { memo } from './memo.ts'

export type Mark = (n: number) => ComponentChildren
const MARK = /\[(\d{1,2})\]/g

/** Markdown as nodes of our own, never as HTML: links and pictures become text, so that nothing calls out. */
export function Markdown({ text, mark }: { text: string; mark: Mark }) {
  return (
    <div class="prose">
      {blocks(text).map((token, i) => (
        <Block key={i} token={token} raw={token.raw} mark={mark} />
      ))}
    </div>
  )
}

const lexed = new Map<string, Token[]>()

/** The blocks of a text. What a streaming text began with is not read again: only its last block can still change. */
function blocks(text: string): Token[] {
  for (const [before, tokens] of lexed) {
    if (!text.startsWith(before)) continue
    lexed.delete(before)
    if (before === text) return remember(text, tokens)
    const kept = tokens.slice(0, -2)
    const done = kept.reduce((sum, token) => sum + token.raw.length, 0)
    return remember(text, [...kept, ...new Lexer({ gfm: true }).lex(text.slice(done))])
  }
  return remember(text, new Lexer({ gfm: true }).lex(text))
}

function remember(text: string, tokens: Token[]): Token[] {
  lexed.set(text, tokens)
  if (lexed.size > 8) lexed.delete(lexed.keys().next().value as string)
  return tokens
}

const Block = memo(
  ({ token, mark }: { token: Token; raw: string; mark: Mark }) => <>{block(token, mark)}</>,
  (a, b) => a.raw === b.raw && a.mark === b.mark,
)

function block(token: Token, mark: Mark): ComponentChildren {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading': {
      // An answer stands below the question, which is a heading of level 2.
      const { depth, tokens } = token as Tokens.Heading
      const Tag = (['h3', 'h4', 'h5'] as const)[Math.min(depth, 3) - 1]!
      return <Tag>{inline(tokens, mark)}</Tag>
    }
    case 'code':
      return <pre tabIndex={0}><code>{(token as Tokens.Code).text}</code></pre>
    case 'blockquote':
      return <blockquote>{(token as Tokens.Blockquote).tokens.map((one) => block(one, mark))}</blockquote>
    case 'list':
      return list(token as Tokens.List, mark)
    case 'table':
      return table(token as Tokens.Table, mark)
    case 'hr':
      return <hr />
    case 'paragraph':
      return <p>{inline((token as Tokens.Paragraph).tokens, mark)}</p>
    default:
      return inline([token], mark)
  }
}

function list(token: Tokens.List, mark: Mark): ComponentChildren {
  const items = token.items.map((item, i) => <li key={i}>{item.tokens.map((one) => block(one, mark))}</li>)
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>
}

function table(token: Tokens.Table, mark: Mark): ComponentChildren {
  return (
    <div class="scroll" tabIndex={0} role="group">
      <table>
        <thead><tr>{token.header.map((cell, i) => <th key={i}>{inline(cell.tokens, mark)}</th>)}</tr></thead>
        <tbody>
          {token.rows.map((row, i) => (
            <tr key={i}>{row.map((cell, k) => <td key={k}>{inline(cell.tokens, mark)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function inline(tokens: Token[] | undefined, mark: Mark): ComponentChildren[] {
  return (tokens ?? []).map((token) => span(token, mark))
}

function span(token: Token, mark: Mark): ComponentChildren {
  switch (token.type) {
    case 'strong':
      return <strong>{inline((token as Tokens.Strong).tokens, mark)}</strong>
    case 'em':
      return <em>{inline((token as Tokens.Em).tokens, mark)}</em>
    case 'del':
      return <del>{inline((token as Tokens.Del).tokens, mark)}</del>
    case 'codespan':
      return <code>{(token as Tokens.Codespan).text}</code>
    case 'br':
      return <br />
    case 'link':
    case 'image':
      return token.raw.replace(MARK, '') === '' ? marked(token.raw, mark) : marked(plain(token as Tokens.Link), mark)
    case 'text':
      return (token as Tokens.Text).tokens ? inline((token as Tokens.Text).tokens, mark) : marked(unescaped(token), mark)
    default:
      return marked('text' in token && token.type === 'escape' ? token.text : token.raw, mark)
  }
}

/** The lexer leaves text as it was written, entities and all. */
const unescaped = (token: Token): string => token.raw

const plain = ({ text, href }: { text: string; href: string }): string =>
  text && text !== href ? `${text} (${href})` : href

function marked(text: string, mark: Mark): ComponentChildren {
  const parts = text.split(MARK)
  return parts.length === 1 ? text : parts.map((part, i) => (i % 2 ? mark(Number(part)) : part))
}
