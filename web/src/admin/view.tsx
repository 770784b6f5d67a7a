import type { ComponentType } from 'preact'
import { useEffect } from 'preact/hooks'
import { route } from '../core/route.ts'
import { isAdmin, isAuditor, managed } from '../core/session.ts'
import { NotOpen, type Need } from '../shell/not_open.tsx'
import { TabbedPage } from '../shell/tabs.tsx'
import { Alerts } from './audit/alerts.tsx'
import { AuditLog } from './audit/log.tsx'
import { Limits } from './limits/limits.tsx'
import { Grants } from './people/grants.tsx'
import { Groups } from './people/groups.tsx'
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
  /** Whose it is. */
  needs: Need
}

/** Who may what, what happened, and how everything is. Each sees the tabs that they may use. */
export function Admin() {
  const words = a()
  const open: Record<string, boolean> = { admin: isAdmin.value, auditor: isAuditor.value, manage: isAdmin.value || managed.value.length > 0 }
  const every: Tab[] = [
    { name: 'people', label: words.people, view: People, needs: 'admin' },
    { name: 'groups', label: words.group.title, view: Groups, needs: 'admin' },
    { name: 'grants', label: words.grants, view: Grants, needs: 'manage' },
    { name: 'keys', label: words.keys, view: Keys, needs: 'admin' },
    { name: 'limits', label: words.limits, view: Limits, needs: 'admin' },
    { name: 'queue', label: words.queue.title, view: Queue, needs: 'admin' },
    { name: 'usage', label: words.usage.title, view: Usage, needs: 'auditor' },
    { name: 'audit', label: words.audit, view: AuditLog, needs: 'auditor' },
    { name: 'alerts', label: words.alert.title, view: Alerts, needs: 'auditor' },
    { name: 'sources', label: words.sources.title, view: Sources, needs: 'admin' },
    { name: 'status', label: words.status, view: Status, needs: 'admin' },
  ]
  const tabs = every.filter((one) => open[one.needs])
  const [, wanted, about] = route.value
  const tab = tabs.find((one) => one.name === wanted) ?? (wanted ? undefined : tabs[0])
  useEffect(() => {
    if (tab) document.title = `${tab.label} · Cloister`
    document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [words, tab?.label])
  return (
    <TabbedPage place="admin" title={words.title} tabs={tabs} current={tab?.name}>
      {tab ? <tab.view key={about} about={about} /> : <NotOpen needs={every.find((one) => one.name === wanted)?.needs} />}
    </TabbedPage>
  )
}
