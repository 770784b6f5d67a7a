import { computed, signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Ask } from '../ask/view.tsx'
import { HistoryList } from '../ask/history.tsx'
import { SharedView } from '../ask/shared_view.tsx'
import { t } from '../core/i18n.ts'
import { offered } from '../data/offered.ts'
import { begin, embedded, renewed } from '../embed/handover.ts'
import { later } from '../core/lazy.tsx'
import { go, link, route } from '../core/route.ts'
import { endedBy, expired, isAuditor, managed, me, renewal, writable } from '../core/session.ts'
import { SourcePage } from '../source/view.tsx'
import { Account } from './account.tsx'
import { Blank } from './blank.tsx'
import { Dialog } from './dialog.tsx'
import { keepPage } from './dropped.ts'
import { Finder, finding } from './finder.tsx'
import { NotOpenPage } from './not_open.tsx'
import { Icon, type IconName, Mark } from './icons.tsx'
import { helping, ShortcutHelp, useShortcuts } from './shortcuts.tsx'
import { SignIn, SignInForm } from './signin.tsx'

export const drawer = signal(false)
const Admin = later(() => import('../admin/view.tsx').then((view) => view.Admin))
const mayAdminister = computed(() => isAuditor.value || managed.value.length > 0)
const Data = later(() => import('../data/view.tsx').then((view) => view.Data))
const Knowledge = later(() => import('../knowledge/view.tsx').then((view) => view.Knowledge))

export function App() {
  useShortcuts()
  useEffect(() => {
    if (embedded) renewal.value = renewed
    void begin()
    return keepPage()
  }, [])
  // In one place, whatever is behind it: what is typed into it stays.
  return (
    <>
      {me.value === undefined ? <Blank /> : me.value === null ? <SignIn /> : <Workplace />}
      {me.value !== null && finding.value && <Finder />}
    </>
  )
}

function Workplace() {
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>{t().shell.skip}</a>
      <div class={embedded ? 'shell narrow' : 'shell'}>
        <Side />
        <div class="stage">
          <TopBar />
          <View />
        </div>
      </div>
      {helping.value && <ShortcutHelp />}
      {expired.value && (
        <Dialog title={t().signIn.title} close={() => {}} firm kind="small">
          <p>{endedBy.value ?? t().signIn.expired}</p>
          <SignInForm />
        </Dialog>
      )}
    </>
  )
}

function skip(event: MouseEvent): void {
  event.preventDefault()
  document.getElementById('content')?.focus()
}

function View() {
  const [first = 'ask', second, third, fourth] = route.value
  if (first === 'ask') return <Ask id={second} />
  if (first === 'shared' && second && third) return <SharedView key={`${second}/${third}`} owner={second} id={third} />
  if (first === 'source' && second) {
    return <SourcePage document={second} revision={Number(third) || 1} page={Number(fourth) || 1} />
  }
  if (first === 'data') return offered.value.length ? <Data /> : <NotOpenPage needs="data" />
  if (first === 'knowledge') return writable.value.length + managed.value.length ? <Knowledge /> : <NotOpenPage needs="write" />
  if (first === 'admin') return mayAdminister.value ? <Admin /> : <NotOpenPage needs="admin" />
  return <NotOpenPage />
}

function Side() {
  const content = (
    <>
      <a class="brand" href={link('ask')} onClick={() => (drawer.value = false)}>
        <Mark />
        <span>Cloister</span>
      </a>
      <button
        type="button"
        class="new"
        onClick={() => {
          drawer.value = false
          go(['ask'])
          document.getElementById('question')?.focus()
        }}
      >
        <Icon name="plus" />
        {t().ask.newConversation}
      </button>
      <Sections />
      <HistoryList />
      <Account />
    </>
  )
  return (
    <>
      <nav class="side" aria-label="Cloister">{content}</nav>
      {drawer.value && (
        <Dialog title="Cloister" close={() => (drawer.value = false)} kind="drawer">
          <nav class="side-in" aria-label="Cloister">{content}</nav>
        </Dialog>
      )}
    </>
  )
}

/** The other parts of the workplace, for those who have something to do there. */
function Sections() {
  const here = route.value[0] ?? 'ask'
  const words = t().shell
  const sections: [string, string, IconName][] = []
  if (writable.value.length + managed.value.length) sections.push(['knowledge', words.knowledge, 'book'])
  if (offered.value.length) sections.push(['data', words.data, 'table'])
  if (mayAdminister.value) sections.push(['admin', words.admin, 'gear'])
  if (!sections.length) return null
  return (
    <div class="sections">
      {[['ask', words.ask, 'chat'] as [string, string, IconName], ...sections].map(([name, label, icon]) => (
        <a key={name} href={link(name)} aria-current={here === name ? 'page' : undefined} onClick={() => (drawer.value = false)}>
          <Icon name={icon} />
          {label}
        </a>
      ))}
    </div>
  )
}

function TopBar() {
  return (
    <header class="topbar">
      <button type="button" class="quiet round" aria-label={t().shell.menu} onClick={() => (drawer.value = true)}>
        <Icon name="menu" />
      </button>
      <a class="brand" href={link('ask')}><Mark /><span>Cloister</span></a>
      <button type="button" class="quiet round" aria-label={t().ask.newConversation} onClick={() => go(['ask'])}>
        <Icon name="plus" />
      </button>
    </header>
  )
}

