import { t } from '../core/i18n.ts'
import type { Exchange } from './exchange.ts'

/** An answer as text, its sources below. */
export function withSources(exchange: Exchange): string {
  const words = t().ask
  const lines = exchange.citations.value.map((one) => {
    const place = [words.page(one.page), one.heading].filter(Boolean).join(' · ')
    return `[${one.n}] ${one.title}, ${place}`
  })
  return [exchange.text.value, ...(lines.length ? ['', `${words.sources}:`, ...lines] : [])].join('\n')
}
