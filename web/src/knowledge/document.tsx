import { useSignal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { call, worded } from '../core/http.ts'
import { moment, size } from '../core/i18n.ts'
import { go } from '../core/route.ts'
import { managed, writable } from '../core/session.ts'
import type { DocumentBody, RevisionList } from '../core/types.ts'
import { open } from '../ask/fresh.tsx'
import { Confirm } from '../shell/confirm.tsx'
import { shown } from '../source/panel.tsx'
import { download } from '../source/download.ts'
import { Facts } from './facts.tsx'
import { Readers } from './readers.tsx'
import { StatusTag, rejection } from './status.tsx'
import { add } from './uploads.ts'
import { k } from './words.ts'

const OPEN = new Set(['received', 'parsing', 'indexing'])

/** One document: what it is, who may read it, what it was. */
export function DocumentView({ id }: { id: string }) {
  const one = useSignal<DocumentBody | null>(null)
  const history = useSignal<RevisionList | null>(null)
  const error = useSignal<string | null>(null)
  const load = async () => {
    try {
      one.value = await call('GET', '/api/documents/{document}', { path: { document: id } })
      document.title = `${one.value.title} · Cloister`
      history.value = await call('GET', '/api/documents/{document}/revisions', { path: { document: id } })
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  useEffect(() => void load(), [])
  useEffect(() => {
    if (!one.value || !OPEN.has(one.value.status)) return
    const timer = setTimeout(() => void load(), 1200)
    return () => clearTimeout(timer)
  }, [one.value])
  if (error.value) return <p class="problem" role="alert">{error.value}</p>
  if (!one.value) return <div class="loading" aria-busy="true" />
  const may = (list: { workspace: string }[]) => list.some(({ workspace }) => workspace === one.value?.workspace)
  return (
    <article class="document">
      <header>
        <p class="note">{one.value.workspace}</p>
        <h2>{one.value.title}</h2>
        <StatusTag one={one.value} />
      </header>
      <Acts one={one.value} may={may(writable.value)} load={load} error={error} />
      <Facts one={one.value} may={may(writable.value)} load={load} />
      <Readers one={one.value} may={may(managed.value)} load={load} />
      <Revisions history={history.value} />
    </article>
  )
}

interface Acting {
  one: DocumentBody
  may: boolean
  load: () => Promise<void>
  error: Signal<string | null>
}

function Acts({ one, may, load, error }: Acting) {
  const words = k().document
  const asked = useSignal<'remove' | 'withdraw' | null>(null)
  const file = useRef<HTMLInputElement>(null)
  const path = { document: one.document_id }
  const leave = () => go(['knowledge', 'documents'])
  const act = async (change: () => Promise<unknown>, then: () => unknown = load) => {
    try {
      await change()
      await then()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <div class="row acts">
      <button type="button" class="secondary" onClick={() => open(one)}>{words.open}</button>
      <button type="button" class="secondary" onClick={() => void download(one.document_id, one.revision, one.title).catch((failure) => (error.value = worded(failure)))}>
        {words.download}
      </button>
      {may && (
        <>
          <button type="button" class="secondary" onClick={() => file.current?.click()}>{words.replace}</button>
          {one.status === 'rejected' && <button type="button" class="secondary" onClick={() => void act(() => call('POST', '/api/documents/{document}/retry', { path }))}>{words.retry}</button>}
          {one.withdrawn ? (
            <button type="button" class="secondary" onClick={() => void act(() => call('POST', '/api/documents/{document}/restore', { path }))}>{words.restore}</button>
          ) : (
            <button type="button" class="secondary" onClick={() => (asked.value = 'withdraw')}>{words.withdraw}</button>
          )}
          <button type="button" class="secondary danger item" onClick={() => (asked.value = 'remove')}>{words.remove}</button>
          <input ref={file} type="file" hidden aria-label={words.replace} onChange={(event) => {
            const chosen = (event.currentTarget as HTMLInputElement).files?.[0]
            if (!chosen) return
            add([{ file: chosen, title: one.title }], one.workspace)
            leave()
          }} />
        </>
      )}
      {asked.value === 'remove' && (
        <Confirm title={words.remove} text={words.confirmRemove(one.title)} act={() => act(() => call('DELETE', '/api/documents/{document}', { path }), leave)} close={() => (asked.value = null)} />
      )}
      {asked.value === 'withdraw' && (
        <Confirm title={words.withdraw} text={words.confirmWithdraw(one.title)} act={() => act(() => call('POST', '/api/documents/{document}/withdraw', { path }))} close={() => (asked.value = null)} />
      )}
    </div>
  )
}

function Revisions({ history }: { history: RevisionList | null }) {
  const words = k()
  if (!history) return null
  const show = (revision: number) => {
    shown.value = {
      n: 0, document_id: history.document_id, revision, title: history.title, page: 1, heading: '', quote: '',
      superseded: false, newest: history.newest ?? revision,
    }
  }
  return (
    <section>
      <h3>{words.document.revisions}</h3>
      <ol class="revisions">
        {history.revisions.map((one) => (
          <li key={one.revision}>
            <button type="button" class="textual" disabled={!one.kept} onClick={() => show(one.revision)}>#{one.revision}</button>
            <span class={`tag ${one.current ? 'good' : one.status === 'rejected' ? 'bad' : ''}`}>
              {one.current ? words.document.current : words.statuses[one.superseded ? 'superseded' : (one.status as 'indexed')]}
            </span>
            <span>{moment(one.at)}</span>
            <span class="note">{words.document.by(one.by.replace('person:', ''))} · {size(one.size)}</span>
            {one.reason && <span class="why">{rejection(one)}</span>}
          </li>
        ))}
      </ol>
    </section>
  )
}
