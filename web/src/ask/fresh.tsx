import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../core/http.ts'
import { moment, t } from '../core/i18n.ts'
import type { DocumentBody } from '../core/types.ts'
import { shown } from '../source/panel.tsx'

/** How fresh the knowledge is, for everybody: the documents that changed last. */
export function Fresh() {
  const found = useSignal<DocumentBody[]>([])
  useEffect(() => {
    call('GET', '/api/documents', { query: { status: 'indexed', limit: 6 } }).then(
      ({ documents }) => (found.value = documents),
      () => {
        // The question is what one came for; without the list it can be asked all the same.
      },
    )
  }, [])
  if (!found.value.length) return null
  return (
    <section class="fresh">
      <h2>{t().ask.fresh}</h2>
      <ul>
        {found.value.map((one) => (
          <li key={one.document_id}>
            <button type="button" aria-label={t().ask.open(one.title)} onClick={() => open(one)}>
              <span>{one.title}</span>
              {one.created_at && <time dateTime={one.created_at}>{moment(one.created_at)}</time>}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A document at its first page with nothing to mark, or at a heading, which is marked. */
export function open(one: { document_id: string; revision: number; title: string; page?: number; heading?: string }): void {
  const { document_id, revision, title, page = 1, heading = '' } = one
  const quote = heading.split(' › ').at(-1) ?? ''
  shown.value = { n: 0, document_id, revision, title, page, heading, quote, superseded: false, newest: revision }
}
