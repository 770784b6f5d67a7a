import { useSignal } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { moment, number } from '../core/i18n.ts'
import { link } from '../core/route.ts'
import { me, writable } from '../core/session.ts'
import type { DocumentBody } from '../core/types.ts'
import { type Column, Table } from '../shell/table.tsx'
import { dropped } from './drop.ts'
import { useDropZone } from './drop_zone.ts'
import { Freshness } from './freshness.tsx'
import { begin, documents, type Filter, filter, loaded, narrow, PAGE, total, trouble, watch } from './list.ts'
import { StatusTag } from './status.tsx'
import { Uploader, UploadList } from './upload_list.tsx'
import { add } from './uploads.ts'
import { k } from './words.ts'

/** The list, and the place where files are dropped. */
export function Documents({ due }: { due: boolean }) {
  const unread = useSignal<string | null>(null)
  const into = useSignal(filter.value.workspace || writable.value[0]?.workspace || '')
  useLayoutEffect(() => {
    begin(due ? 30 : null)
    return watch()
  }, [due])
  const name = writable.value.find((one) => one.workspace === into.value)
  const take = async (held: DataTransfer, workspace: string) => {
    try {
      add(await dropped(held), workspace)
      unread.value = null
    } catch {
      unread.value = k().upload.unreadable
    }
  }
  const over = useDropZone(name && !due ? (held) => void take(held, name.workspace) : null)
  return (
    <div class="documents">
      {!due && writable.value.length > 0 && <Uploader into={into} />}
      {unread.value && <p class="problem" role="alert">{unread.value}</p>}
      <UploadList />
      <Filters due={due} />
      {!due && <Freshness />}
      {trouble.value && <p class="problem" role="alert">{trouble.value}</p>}
      <List due={due} />
      <Paging />
      {over.value && name && <div class="drop">{k().upload.dropInto(name.title || name.workspace)}</div>}
    </div>
  )
}

function Filters({ due }: { due: boolean }) {
  const words = k()
  const { workspace, status, q } = filter.value
  const value = (event: Event) => (event.currentTarget as HTMLInputElement | HTMLSelectElement).value
  return (
    <div class="filters" role="search">
      <input type="search" aria-label={words.find} placeholder={words.find} value={q} onInput={(event) => narrow({ q: value(event) })} />
      <select aria-label={words.workspace} value={workspace} onChange={(event) => narrow({ workspace: value(event) })}>
        <option value="">{words.everywhere}</option>
        {me.value?.workspaces.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
      </select>
      {!due && (
        <select aria-label={words.status} value={status} onChange={(event) => narrow({ status: value(event) as Filter['status'] })}>
          <option value="">{words.anyStatus}</option>
          {(['indexed', 'received', 'parsing', 'indexing', 'rejected'] as const).map((one) => (
            <option key={one} value={one}>{words.statuses[one]}</option>
          ))}
        </select>
      )}
      {loaded.value && <span class="note">{words.count(number(total.value))}</span>}
    </div>
  )
}

function List({ due }: { due: boolean }) {
  const words = k()
  const names = words.columns
  if (!documents.value.length) {
    const { q, status, workspace } = filter.value
    return loaded.value ? <p class="note empty-note">{q || status || workspace ? words.none : due ? words.noneDue : words.empty}</p> : <div class="loading" aria-busy="true" />
  }
  const when = due ? earliest : (one: DocumentBody) => one.created_at
  const columns: Column<DocumentBody>[] = [
    { head: names.title, kind: 'title', cell: (one) => <a href={link('knowledge', 'document', one.document_id)}>{one.title}</a> },
    { head: names.workspace, cell: (one) => one.workspace },
    { head: names.status, cell: (one) => <StatusTag one={one} /> },
    { head: names.pages, kind: 'num', cell: (one) => one.pages },
    { head: due ? names.review : names.changed, cell: (one) => when(one) && <time dateTime={when(one)!}>{moment(when(one)!)}</time> },
    { head: names.owner, cell: (one) => one.owner },
  ]
  return <Table columns={columns} rows={documents.value} keyed={(one) => one.document_id} />
}

const earliest = (one: DocumentBody): string | null => [one.review, one.expires].filter((at) => at !== null).sort()[0] ?? null

function Paging() {
  const { offset } = filter.value
  const words = k()
  if (total.value <= PAGE) return null
  const last = Math.min(offset + PAGE, total.value)
  return (
    <nav class="paging" aria-label={words.documents}>
      <button type="button" class="secondary" disabled={!offset} onClick={() => narrow({ offset: Math.max(0, offset - PAGE) })}>
        {words.previous}
      </button>
      <span class="note">{words.shown(number(offset + 1), number(last), number(total.value))}</span>
      <button type="button" class="secondary" disabled={last >= total.value} onClick={() => narrow({ offset: offset + PAGE })}>
        {words.next}
      </button>
    </nav>
  )
}
