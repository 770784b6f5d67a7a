import { percent, t } from '../core/i18n.ts'
import { translated } from '../core/refusals.ts'
import type { DocumentBody } from '../core/types.ts'
import { partial } from './list.ts'
import { k } from './words.ts'

/** Seconds until the last vector is expected, as the server reckons; 0 when it does not know. */
function left(one: DocumentBody): number {
  return one.vectors_due ? Math.max(0, Math.round((Date.parse(one.vectors_due) - Date.now()) / 1000)) : 0
}

/** Why it was rejected, in the language of the page. */
export function rejection(one: Pick<DocumentBody, 'reason' | 'code'>): string | null {
  return one.reason && translated(t().refusals, one.code ?? '', one.reason)
}

/** How a document stands: its stage with its share, and what keeps it from being found. */
export function StatusTag({ one }: { one: DocumentBody }) {
  const words = k()
  const now = Date.now()
  const kind = one.status === 'indexed' ? 'good' : one.status === 'rejected' ? 'bad' : ''
  const under = one.progress !== null && (one.status === 'parsing' || one.status === 'indexing')
  return (
    <span class="tags">
      <span class={`tag ${kind}`} title={rejection(one) ?? undefined}>
        {words.statuses[one.status]}
        {under && ` ${percent(one.progress!)}`}
      </span>
      {partial(one) && <span class="tag">{words.vectors(percent(Math.floor(one.vectors! * 100) / 100), left(one))}</span>}
      {one.withdrawn && <span class="tag warn">{words.withdrawn}</span>}
      {one.expires && Date.parse(one.expires) <= now && <span class="tag warn">{words.expired}</span>}
      {one.effective && Date.parse(one.effective) > now && <span class="tag warn">{words.notYet}</span>}
      {(one.allow?.length || one.deny?.length) ? <span class="tag">{words.limited}</span> : null}
      {one.status === 'rejected' && one.reason && <span class="why">{rejection(one)}</span>}
    </span>
  )
}
