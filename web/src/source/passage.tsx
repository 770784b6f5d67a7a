import { useSignal, type Signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import type { Citation, RevisionBody } from '../core/types.ts'
import { Icon } from '../shell/icons.tsx'
import { download } from './download.ts'
import { PdfPage } from './pdf_page.tsx'
import { TextPage } from './text_page.tsx'
import { WhyMine } from './why.tsx'

/** In these # is a sign like any other. */
export const PLAIN = /\.(txt|log|csv|tsv|json|ya?ml|toml|ini|py|sh|sql)$/i
export type Marked = 'looking' | 'found' | 'missing'

/** The cited revision at the cited page, the quote marked where it stands. */
export function Passage({ citation }: { citation: Citation }) {
  const page = useSignal(citation.page)
  const revision = useSignal<RevisionBody | null>(null)
  const error = useSignal<string | null>(null)
  const marked = useSignal<Marked>('looking')
  const asText = useSignal(!/\.pdf$/i.test(citation.title))
  const number = useSignal(citation.revision)
  const quote = page.value === citation.page ? citation.quote : ''
  useEffect(() => {
    error.value = null
    call('GET', '/api/documents/{document}/revisions/{number}', { path: { document: citation.document_id, number: number.value } }).then(
      (found) => (revision.value = found),
      (failure) => (error.value = worded(failure)),
    )
  }, [number.value])
  if (error.value) return <p class="problem" role="alert">{error.value}</p>
  const about = { page: page.value, quote, marked }
  const of = { document: citation.document_id, revision: number.value }
  const failed = (why: unknown) => (error.value = worded(why))
  return (
    <>
      <Superseded revision={revision.value} current={number} />
      <div class="source-bar">
        <Pages page={page} all={revision.value?.pages ?? null} />
        {/\.pdf$/i.test(citation.title) && (
          <button type="button" class="textual" onClick={() => (asText.value = !asText.value)}>
            {asText.value ? t().source.asPage : t().source.asText}
          </button>
        )}
        <button
          type="button"
          class="quiet round"
          aria-label={t().source.download}
          title={t().source.download}
          onClick={() => void download(citation.document_id, number.value, citation.title).catch(failed)}
        >
          <Icon name="download" />
        </button>
      </div>
      <div class="source-page" tabIndex={0} role="region" aria-label={t().source.page(page.value, null)}>
        {asText.value ? (
          <TextPage {...about} key={of.revision} read={(page, quote) => pageOf(of, page, quote)} failed={failed} headings={!PLAIN.test(citation.title)} />
        ) : (
          <PdfPage {...about} {...of} failed={() => (asText.value = true)} />
        )}
      </div>
      {citation.quote && <Quote citation={citation} marked={marked.value} here={quote !== ''} />}
      <WhyMine key={citation.document_id} document={citation.document_id} />
    </>
  )
}

const pageOf = ({ document, revision }: { document: string; revision: number }, page: number, quote: string) =>
  call('GET', '/api/documents/{document}/revisions/{number}/pages/{page}', { path: { document, number: revision, page }, query: { quote } })

function Superseded({ revision, current }: { revision: RevisionBody | null; current: Signal<number> }) {
  if (!revision?.superseded || !revision.newest) return null
  const newest = revision.newest
  return (
    <p class="banner">
      {t().source.superseded(newest)}{' '}
      <button type="button" class="textual" onClick={() => (current.value = newest)}>{t().source.openNewest}</button>
    </p>
  )
}

export function Pages({ page, all }: { page: Signal<number>; all: number | null }) {
  const words = t().source
  return (
    <span class="pages">
      <button
        type="button"
        class="quiet round"
        aria-label={words.previous}
        disabled={page.value <= 1}
        onClick={() => page.value--}
      >
        <Icon name="left" />
      </button>
      <span aria-live="polite">{words.page(page.value, all)}</span>
      <button
        type="button"
        class="quiet round"
        aria-label={words.next}
        disabled={all !== null && page.value >= all}
        onClick={() => page.value++}
      >
        <Icon name="right" />
      </button>
    </span>
  )
}

export function Quote({ citation, marked, here }: { citation: Citation; marked: Marked; here: boolean }) {
  const words = t().source
  return (
    <footer class="source-quote">
      {citation.heading && <p class="heading-path">{citation.heading}</p>}
      <blockquote>{citation.quote}</blockquote>
      {here && (
        <p class="note" role="status">
          {marked === 'found' ? words.found : marked === 'missing' ? words.notFound : ''}
        </p>
      )}
    </footer>
  )
}
