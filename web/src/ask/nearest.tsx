import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { plain } from '../core/plain.ts'
import { me } from '../core/session.ts'
import type { Passage } from '../core/types.ts'
import { shown } from '../source/panel.tsx'
import type { Exchange } from './exchange.ts'
import { named } from './sharing.tsx'

interface Found {
  passages: Passage[]
  absent: string[]
  owners: string[]
}

/** Where the documents do not say: what comes nearest, and who may know. */
export function Nearest({ exchange }: { exchange: Exchange }) {
  const found = useSignal<Found | null>(null)
  const error = useSignal<string | null>(null)
  // An answer of no model was none: the documents hold nothing. Of an old one that is not known.
  const unanswered = exchange.state.value === 'done' && exchange.citations.value.length === 0
  const certain = unanswered && exchange.model.value === null
  const look = () => void nearest(exchange.question).then((one) => (found.value = one), (failure) => (error.value = worded(failure)))
  useEffect(() => {
    if (certain) look()
  }, [certain])
  if (!unanswered) return null
  const words = t().ask
  if (error.value) return <p class="problem" role="alert">{error.value}</p>
  if (!found.value) {
    return certain ? null : <button type="button" class="textual" onClick={look}>{words.showNearest}</button>
  }
  const { passages, absent, owners } = found.value
  if (!passages.length) return <p class="note nearest">{words.nothingNear}</p>
  return (
    <section class="nearest">
      {absent.length > 0 && <p class="note">{words.absent(absent.join(', '))}</p>}
      <p class="note">{words.ungrounded}</p>
      <ul>
        {passages.map((one) => (
          <li key={`${one.document_id}/${one.page}/${one.text.slice(0, 40)}`}>
            <button type="button" class="passage" onClick={() => (shown.value = cited(one))}>
              <span class="source-title">{one.title}</span>
              <span class="source-place">{words.page(one.page)}{one.heading && ` · ${one.heading}`}</span>
              <p>{plain(one.text)}</p>
            </button>
          </li>
        ))}
      </ul>
      {owners.length > 0 && <p class="note whom">{words.whom} {owners.join(' · ')}</p>}
    </section>
  )
}

const cited = (one: Passage) => ({ ...one, n: 0, quote: one.text, superseded: false, newest: one.revision })

async function nearest(question: string): Promise<Found> {
  // What is near enough to answer, else what is near at all.
  const close = await search(question, 'fused')
  const { passages, absent } = close.passages.length ? close : await search(question, 'dense')
  const ids = [...new Set(passages.map((one) => one.document_id))]
  const documents = await Promise.all(
    ids.map((id) => call('GET', '/api/documents/{document}', { path: { document: id } }).catch(() => null)),
  )
  const owners = documents.flatMap((one) => (one ? [named(one.owner ?? '') || keeper(one.workspace)] : []))
  return { passages, absent, owners: [...new Set(owners)] }
}

const search = (question: string, leg: 'fused' | 'dense') =>
  call('POST', '/api/search', { json: { question, limit: 4, leg } })

function keeper(name: string): string {
  const workspace = me.value?.workspaces.find((one) => one.workspace === name)
  return t().ask.fromWorkspace(workspace?.title || name)
}
