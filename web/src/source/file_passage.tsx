import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { route } from '../core/route.ts'
import type { Citation } from '../core/types.ts'
import { type Marked, Pages, PLAIN, Quote } from './passage.tsx'
import { TextPage } from './text_page.tsx'

export const FILE = 'data:request:file:'

/** A page of a file that was attached to the conversation which is open. */
export function FilePassage({ citation }: { citation: Citation }) {
  const page = useSignal(citation.page)
  const all = useSignal<number | null>(null)
  const error = useSignal<string | null>(null)
  const marked = useSignal<Marked>('looking')
  const conversation = route.value[1] ?? ''
  const name = citation.document_id.slice(FILE.length)
  const quote = page.value === citation.page ? citation.quote : ''
  useEffect(() => {
    call('GET', '/api/conversations/{conversation}/files', { path: { conversation } }).then(
      (found) => (all.value = found.files.find((one) => one.name === name)?.pages ?? null),
      (failure) => (error.value = worded(failure)),
    )
  }, [conversation, name])
  if (error.value) return <p class="problem" role="alert">{error.value}</p>
  return (
    <>
      <div class="source-bar"><Pages page={page} all={all.value} /><span>{t().files.attached}</span></div>
      <div class="source-page" tabIndex={0} role="region" aria-label={t().source.page(page.value, null)}>
        <TextPage
          key={`${conversation}/${name}`} page={page.value} quote={quote} marked={marked}
          read={(page, quote) => call('GET', '/api/conversations/{conversation}/files/{name}/pages/{page}', { path: { conversation, name, page }, query: { quote } })}
          headings={!PLAIN.test(name)}
          failed={(why) => (error.value = worded(why))}
        />
      </div>
      {citation.quote && <Quote citation={citation} marked={marked.value} here={quote !== ''} />}
    </>
  )
}
