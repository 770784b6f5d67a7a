import type { Signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { number, percent } from '../core/i18n.ts'
import { link } from '../core/route.ts'
import { writable } from '../core/session.ts'
import { Icon } from '../shell/icons.tsx'
import { picked } from './drop.ts'
import type { Upload } from './upload.ts'
import { add, clear, retry, stop, tally, uploads } from './uploads.ts'
import { k } from './words.ts'

const SHOWN = 200

/** Where files are chosen, and into which workspace they go. */
export function Uploader({ into }: { into: Signal<string> }) {
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const words = k().upload
  const take = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement
    add(picked(input.files), into.value)
    input.value = ''
  }
  return (
    <div class="uploader">
      <label class="into">
        <span>{words.into}</span>
        <select value={into.value} onChange={(event) => (into.value = (event.currentTarget as HTMLSelectElement).value)}>
          {writable.value.map((one) => <option key={one.workspace} value={one.workspace}>{one.title || one.workspace}</option>)}
        </select>
      </label>
      <button type="button" class="primary row" onClick={() => files.current?.click()}><Icon name="upload" />{words.button}</button>
      <button type="button" class="secondary" onClick={() => folder.current?.click()}>{words.folder}</button>
      <span class="note">{words.drop}</span>
      <input ref={files} type="file" multiple hidden aria-label={words.button} onChange={take} />
      <input ref={folder} type="file" hidden aria-label={words.folder} {...{ webkitdirectory: true }} onChange={take} />
    </div>
  )
}

/** Every file of this visit, with its stage and what went wrong, by name. */
export function UploadList() {
  const words = k().upload
  const all = uploads.value
  if (!all.length) return null
  const { settled, failed, bad } = tally.value
  const named = new Set(bad)
  const listed = [...bad, ...all.filter((one) => !named.has(one))].slice(0, SHOWN)
  return (
    <section class="uploads" aria-label={words.title}>
      <header class="row">
        <h2>{words.title}</h2>
        <span class="note" role="status">{words.progress(number(settled), number(all.length))}</span>
        <progress max={all.length} value={settled} aria-label={words.title} />
        {failed.length > 0 && <button type="button" class="secondary" onClick={() => retry(failed)}>{words.retryAll}</button>}
        {settled < all.length ? (
          <button type="button" class="secondary" onClick={() => stop(all)}>{words.stopAll}</button>
        ) : (
          <button type="button" class="secondary" onClick={clear}>{words.clear}</button>
        )}
      </header>
      <ul>{listed.map((one) => <Line key={one.id} one={one} />)}</ul>
    </section>
  )
}

function Line({ one }: { one: Upload }) {
  const words = k()
  const stage = one.stage.value
  const said = stage in words.statuses ? words.statuses[stage as keyof typeof words.statuses] : words.upload[stage as 'waiting']
  const share = ['sending', 'parsing', 'indexing'].includes(stage) && one.share.value > 0
  const kind = stage === 'indexed' ? 'good' : one.problem.value ? 'bad' : ''
  return (
    <li>
      <span class="file-title">
        {one.document ? <a href={link('knowledge', 'document', one.document)}>{one.title}</a> : one.title}
      </span>
      <span class={`tag ${kind}`}>{said}{share ? ` ${percent(one.share.value)}` : ''}</span>
      {['failed', 'stopped', 'rejected'].includes(stage) && (
        <button type="button" class="textual" onClick={() => retry([one])}>{stage === 'rejected' ? words.document.retry : words.upload.retry}</button>
      )}
      {(stage === 'waiting' || stage === 'sending') && (
        <button type="button" class="textual" onClick={() => stop([one])}>{words.upload.stop}</button>
      )}
      {one.problem.value && <span class="why">{one.problem.value}</span>}
    </li>
  )
}
