import { useEffect } from 'preact/hooks'
import { link, route } from '../core/route.ts'
import { isAdmin, isAuditor, managed } from '../core/session.ts'
import { AuditLog } from './audit.tsx'
import { Grants } from './grants.tsx'
import { Keys } from './keys.tsx'
import { Limits } from './limits.tsx'
import { People } from './people.tsx'
import { Status } from './status.tsx'
import { a } from './words.ts'
import '../styles/knowledge.css'
import '../styles/admin.css'

/** Who may what, what happened, and how everything is. Each sees the tabs that they may use. */
export function Admin() {
  const words = a()
  const tabs: [string, string][] = []
  if (isAdmin.value) tabs.push(['people', words.people])
  if (isAdmin.value || managed.value.length) tabs.push(['grants', words.grants])
  if (isAdmin.value) tabs.push(['keys', words.keys])
  if (isAdmin.value) tabs.push(['limits', words.limits])
  if (isAuditor.value) tabs.push(['audit', words.audit])
  if (isAdmin.value) tabs.push(['status', words.status])
  const [, tab = tabs[0]?.[0] ?? '', about] = route.value
  useEffect(() => {
    document.title = `${words.title} · Cloister`
  }, [words])
  return (
    <main class="page" id="content" tabIndex={-1}>
      <div class="page-in">
        <header class="page-head">
          <h1>{words.title}</h1>
          <nav class="tabs" aria-label={words.title}>
            {tabs.map(([name, label]) => (
              <a key={name} href={link('admin', name)} aria-current={tab === name ? 'page' : undefined}>{label}</a>
            ))}
          </nav>
        </header>
        {tab === 'people' && <People />}
        {tab === 'grants' && <Grants />}
        {tab === 'keys' && <Keys />}
        {tab === 'limits' && <Limits />}
        {tab === 'audit' && <AuditLog key={about} about={about} />}
        {tab === 'status' && <Status />}
      </div>
    </main>
  )
}
