import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { route } from '../core/route.ts'
import { managed } from '../core/session.ts'
import { Evaluation } from '../evaluation/view.tsx'
import { NotOpen, type Need } from '../shell/not_open.tsx'
import { TabbedPage } from '../shell/tabs.tsx'
import { shown, SourcePanel } from '../source/panel.tsx'
import { DocumentView } from './document.tsx'
import { Documents } from './documents.tsx'
import { Opinions } from './opinions.tsx'
import { Folders } from './folders.tsx'
import { StartingPoints } from './starting.tsx'
import { SearchTest } from './search_test.tsx'
import { k } from './words.ts'
import '../styles/knowledge.css'

interface Named {
  name: string
  label: string
  view: ComponentType
  needs?: Need
}

/** Documents and what is known of them, for those who look after them. */
export function Knowledge() {
  const [, wanted = 'documents', id] = route.value
  const words = k()
  const every: Named[] = [
    { name: 'documents', label: words.documents, view: AllDocuments },
    { name: 'due', label: words.due, view: DueDocuments },
    { name: 'folders', label: words.folders.title, view: Folders },
    { name: 'search', label: words.search, view: SearchTest },
    { name: 'evaluation', label: words.evaluation, view: Evaluation, needs: 'manage' },
    { name: 'opinions', label: words.opinions, view: Opinions, needs: 'manage' },
    { name: 'starting', label: words.starting.title, view: StartingPoints, needs: 'manage' },
  ]
  const tabs = every.filter((one) => !one.needs || managed.value.length > 0)
  const tab = tabs.find((one) => one.name === wanted)
  useEffect(() => {
    shown.value = null
    if (tab) document.title = `${tab.label} · Cloister`
  }, [tab?.label, id, words])
  return (
    <div class={shown.value ? 'ask with-source' : 'ask'}>
      <TabbedPage place="knowledge" title={words.title} tabs={tabs} current={wanted === 'document' ? 'documents' : tab?.name}>
        {wanted === 'document' && id ? <DocumentView key={id} id={id} />
          : tab ? <tab.view key={tab.name} />
          : <NotOpen needs={every.find((one) => one.name === wanted)?.needs} />}
      </TabbedPage>
      <SourcePanel />
    </div>
  )
}

const AllDocuments = () => <Documents due={false} />
const DueDocuments = () => <Documents due />
