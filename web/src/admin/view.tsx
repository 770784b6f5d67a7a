import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { route } from '../core/route.ts'
import { isAdmin, isAuditor, managed } from '../core/session.ts'
import { TabbedPage } from '../shell/tabs.tsx'
import { Alerts } from './audit/alerts.tsx'
import { AuditLog } from './audit/log.tsx'
import { Limits } from './limits/limits.tsx'
import { Grants } from './people/grants.tsx'
import { Keys } from './people/keys.tsx'
import { People } from './people/people.tsx'
import { Queue } from './watch/queue.tsx'
import { Sources } from './watch/sources.tsx'
import { Status } from './watch/status.tsx'
import { Usage } from './watch/usage.tsx'
import { a } from './words.ts'
import '../styles/knowledge.css'
import '../styles/admin.css'

interface Tab {
  name: string
  label: string
  view: ComponentType<{ about?: string | undefined }>
  open: boolean
}

/** Who may what, what happened, and how everything is. Each sees the tabs that they may use. */
export function Admin() {
  const words = a()
  const admin = isAdmin.value
  const tabs: Tab[] = [
    { name: 'people', label: words.people, view: People, open: admin },
    { name: 'grants', label: words.grants, view: Grants, open: admin || managed.value.length > 0 },
    { name: 'keys', label: words.keys, view: Keys, open: admin },
    { name: 'limits', label: words.limits, view: Limits, open: admin },
    { name: 'queue', label: words.queue.title, view: Queue, open: admin },
    { name: 'usage', label: words.usage.title, view: Usage, open: isAuditor.value },
    { name: 'audit', label: words.audit, view: AuditLog, open: isAuditor.value },
    { name: 'alerts', label: words.alert.title, view: Alerts, open: isAuditor.value },
    { name: 'sources', label: words.sources.title, view: Sources, open: admin },
    { name: 'status', label: words.status, view: Status, open: admin },
  ].filter((one) => one.open)
  const [, wanted, about] = route.value
  const tab = tabs.find((one) => one.name === wanted) ?? (wanted ? undefined : tabs[0])
  useEffect(() => {
    document.title = `${tab?.label ?? words.title} · Cloister`
    document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [words, tab?.label])
  return (
    <TabbedPage place="admin" title={words.title} tabs={tabs} current={tab?.name}>
      {tab && <tab.view key={about} about={about} />}
    </TabbedPage>
  )
}
