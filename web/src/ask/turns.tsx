import { useEffect, useState } from 'preact/hooks'
import { ExchangeView } from './answer.tsx'
import { earlier } from './earlier.ts'
import type { Exchange } from './exchange.ts'

/**
 * The turns of a conversation: the newest at once, the earlier ones above them in small tasks, so that a long one
 * opens without a pause. The browser keeps what is read in its place.
 */
export function Turns({ exchanges, again }: { exchanges: Exchange[]; again: ((question: string) => void) | null }) {
  const more = (from: number) => earlier(exchanges.map((one) => one.text.peek().length), from)
  const [from, setFrom] = useState(() => more(exchanges.length))
  useEffect(() => {
    if (!from) return
    const timer = setTimeout(() => setFrom(more(from)))
    return () => clearTimeout(timer)
  }, [from])
  return (
    <div aria-busy={from > 0}>
      {exchanges.slice(from).map((one, i) => (
        <ExchangeView key={from + i} exchange={one} again={again && (() => again(one.question))} />
      ))}
    </div>
  )
}
