import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { link } from '../core/route.ts'
import type { RevisionBody } from '../core/types.ts'
import { Passage } from './passage.tsx'

/** A cited page on its own: `#/source/<document>/<revision>/<page>`, as other systems' answers link to it. */
export function SourcePage({ document, revision, page }: { document: string; revision: number; page: number }) {
  const found = useSignal<RevisionBody | null>(null)
  const error = useSignal<string | null>(null)
  useEffect(() => {
    found.value = null
    error.value = null
    call('GET', '/api/documents/{document}/revisions/{number}', { path: { document, number: revision } }).then(
      (body) => (found.value = body),
      (failure) => (error.value = worded(failure)),
    )
  }, [document, revision])
  const title = found.value?.title ?? ''
  const about = { document_id: document, revision, title, page, heading: '', quote: '' }
  return (
    <main class="plain source" id="content" tabIndex={-1}>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {found.value && <h1>{title}</h1>}
      {found.value && (
        <Passage
          key={`${document}/${revision}/${page}`}
          citation={{ ...about, n: 0, superseded: false, newest: revision }}
        />
      )}
      <a href={link('ask')}>{t().errors.toAsk}</a>
    </main>
  )
}
