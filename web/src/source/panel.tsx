import { effect, signal, type Signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { labelled, t } from '../core/i18n.ts'
import type { Citation } from '../core/types.ts'
import { Dialog } from '../shell/dialog.tsx'
import { Icon } from '../shell/icons.tsx'
import { FILE, FilePassage } from './file_passage.tsx'
import { Passage } from './passage.tsx'
import { Rows } from './rows.tsx'

/** The citation whose passage is open beside the answer. */
export const shown: Signal<Citation | null> = signal(null)

const wide = matchMedia('(min-width: 1000px)')
const beside = signal(wide.matches)
wide.addEventListener('change', () => (beside.value = wide.matches))

let opener: Element | null = null
effect(() => {
  if (shown.value) opener = document.activeElement
})

export function close(): void {
  shown.value = null
  if (opener instanceof HTMLElement) opener.focus()
}

/** Beside the answer where there is room, over it where there is none. */
export function SourcePanel() {
  const citation = shown.value
  if (!citation) return null
  const key = `${citation.document_id}/${citation.revision}/${citation.page}/${citation.n}`
  if (beside.value) return <Beside key={key} citation={citation} />
  return (
    <Dialog title={citation.title} close={close} kind="sheet">
      <Content key={key} citation={citation} />
    </Dialog>
  )
}

function Content({ citation }: { citation: Citation }) {
  if (citation.data) return <Rows rows={citation.data} />
  return citation.document_id.startsWith(FILE) ? <FilePassage citation={citation} /> : <Passage citation={citation} />
}

function Beside({ citation }: { citation: Citation }) {
  const place = useRef<HTMLElement>(null)
  useEffect(() => place.current?.focus({ preventScroll: true }), [])
  return (
    <aside
      class="source"
      ref={place}
      tabIndex={-1}
      aria-label={labelled(t().ask.source(citation.n), citation.title)}
      onKeyDown={(event) => event.key === 'Escape' && close()}
    >
      <header class="source-head">
        {citation.n > 0 && <span class="cite" aria-hidden="true">{citation.n}</span>}
        <h2>{citation.title}</h2>
        <button type="button" class="quiet round" aria-label={t().actions.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Content citation={citation} />
    </aside>
  )
}
