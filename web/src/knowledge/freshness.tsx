import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../core/http.ts'
import { moment, number } from '../core/i18n.ts'
import { link } from '../core/route.ts'
import type { Query } from '../core/operations.ts'
import { filter, narrow, total } from './list.ts'
import { k } from './words.ts'

interface Seen {
  newest: string | null
  rejected: number
  due: number
}

/** How fresh the workspace is, or all of them: what changed last, what is rejected, what is due for review. */
export function Freshness() {
  const words = k()
  const seen = useSignal<Seen | null>(null)
  const { workspace } = filter.value
  useEffect(() => {
    let shown = true
    look(workspace).then((found) => shown && (seen.value = found), () => {
      // The list itself says what is wrong.
    })
    return () => void (shown = false)
  }, [workspace, total.value])
  if (!seen.value?.newest && !seen.value?.rejected) return null
  const { newest, rejected, due } = seen.value
  return (
    <p class="note fresh-line">
      {newest && <span>{words.newest(moment(newest))}</span>}
      {rejected > 0 && <button type="button" class="textual" onClick={() => narrow({ status: 'rejected', q: '' })}>{words.rejectedCount(number(rejected))}</button>}
      {due > 0 && <a href={link('knowledge', 'due')}>{words.dueCount(number(due))}</a>}
    </p>
  )
}

async function look(workspace: string): Promise<Seen> {
  const ask = (fields: Query<'GET', '/api/documents'>) => call('GET', '/api/documents', { query: { workspace, limit: 1, ...fields } })
  const [used, rejected, due] = await Promise.all([ask({ status: 'indexed' }), ask({ status: 'rejected' }), ask({ due: 30 })])
  return { newest: used.documents[0]?.created_at ?? null, rejected: rejected.total, due: due.total }
}
