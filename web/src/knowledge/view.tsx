import { useEffect } from 'preact/hooks'
import { route } from '../core/route.ts'
import { managed } from '../core/session.ts'
import { Evaluation } from '../evaluation/view.tsx'
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

/** Documents and what is known of them, for those who look after them. */
export function Knowledge() {
  const [, tab = 'documents', id] = route.value
  const words = k()
  useEffect(() => {
    shown.value = null
    document.title = `${words.title} · Cloister`
  }, [tab, id, words])
  const tabs: [string, string][] = [['documents', words.documents], ['due', words.due], ['folders', words.folders.title], ['search', words.search]]
  if (managed.value.length) tabs.push(['evaluation', words.evaluation], ['opinions', words.opinions], ['starting', words.starting.title])
  return (
    <div class={shown.value ? 'ask with-source' : 'ask'}>
      <TabbedPage place="knowledge" title={words.title} tabs={tabs.map(([name, label]) => ({ name, label }))} current={tab}>
        <Tab tab={tab} id={id} />
      </TabbedPage>
      <SourcePanel />
    </div>
  )
}

function Tab({ tab, id }: { tab: string; id: string | undefined }) {
  if (tab === 'document' && id) return <DocumentView key={id} id={id} />
  if (tab === 'search') return <SearchTest />
  if (tab === 'evaluation' && managed.value.length) return <Evaluation />
  if (tab === 'opinions') return <Opinions />
  if (tab === 'folders') return <Folders />
  if (tab === 'starting') return <StartingPoints />
  return <Documents key={tab} due={tab === 'due'} />
}
