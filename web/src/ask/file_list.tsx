import { t } from '../core/i18n.ts'
import { Icon } from '../shell/icons.tsx'
import type { AttachedFile, Files } from './files.ts'

/** The files of a conversation above its box, each with its state. */
export function FileList({ files }: { files: Files }) {
  if (!files.list.value.length) return null
  return (
    <ul class="attached" aria-label={t().files.list}>
      {files.list.value.map((one) => <Line key={one.name} one={one} files={files} />)}
    </ul>
  )
}

function Line({ one, files }: { one: AttachedFile; files: Files }) {
  const words = t().files
  const state = one.state.value
  return (
    <li class={state}>
      <Icon name="clip" />
      <span class="file-name" title={one.name}>{one.name}</span>
      <span class="note" role="status">{state === 'reading' ? words.reading : state === 'there' ? words.pages(one.pages.value) : ''}</span>
      {state === 'failed' && (
        <button type="button" class="textual" aria-label={words.retry(one.name)} onClick={() => void files.retry(one)}>
          {t().actions.retry}
        </button>
      )}
      <button type="button" class="quiet round" aria-label={words.remove(one.name)} disabled={state === 'reading'}
        onClick={() => void files.remove(one)}>
        <Icon name="close" />
      </button>
      {one.problem.value && <span class="problem" role="alert">{one.problem.value}{state === 'failed' && <><br />{words.leftOut}</>}</span>}
    </li>
  )
}
