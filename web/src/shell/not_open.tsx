import { useEffect } from 'preact/hooks'
import { t } from '../core/i18n.ts'
import { link } from '../core/route.ts'

export type Need = 'admin' | 'auditor' | 'manage' | 'write' | 'data'

/** In place of a view that is not open to who asks for it by its address; without `needs` there is no such view. */
export function NotOpen({ needs }: { needs?: Need | undefined }) {
  const words = t().errors
  const title = needs ? words.notOpen : words.notFound
  useEffect(() => void (document.title = `${title} · Cloister`), [title])
  return (
    <section class="stack not-open">
      <h2>{title}</h2>
      {needs && <p>{words.needs[needs]}</p>}
      {needs && <p>{words.ask}</p>}
      <p><a href={link('ask')}>{words.toAsk}</a></p>
    </section>
  )
}

/** The same as a page of its own. */
export function NotOpenPage({ needs }: { needs?: Need | undefined }) {
  return (
    <main class="plain" id="content" tabIndex={-1}>
      <h1 class="hidden">Cloister</h1>
      <NotOpen needs={needs} />
    </main>
  )
}
