import { useEffect } from 'preact/hooks'
import { route } from '../core/route.ts'
import { TabbedPage } from '../shell/tabs.tsx'
import { Queries } from './queries.tsx'
import { Schedules } from './schedules.tsx'
import { d } from './words.ts'
import '../styles/knowledge.css'
import '../styles/admin.css'
import '../styles/data.css'

const TABS = ['queries', 'schedules'] as const

/** Exact figures of business systems, and questions that are asked by the clock. */
export function Data() {
  const words = d()
  const [, tab = 'queries', name] = route.value
  useEffect(() => {
    document.title = `${words.title} · Cloister`
  }, [words])
  return (
    <TabbedPage place="data" title={words.title} tabs={TABS.map((name) => ({ name, label: words[name] }))} current={tab}>
      {tab === 'schedules' ? <Schedules /> : <Queries name={name} />}
    </TabbedPage>
  )
}
