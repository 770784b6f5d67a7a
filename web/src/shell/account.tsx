import { choose, language, role, t, type Language } from '../core/i18n.ts'
import { useSignal } from '@preact/signals'
import { embedded } from '../embed/handover.ts'
import { call } from '../core/http.ts'
import { me } from '../core/session.ts'
import { setTheme, theme, type Theme } from '../core/theme.ts'
import { Icon } from './icons.tsx'
import { Menu } from './menu.tsx'
import { Sessions } from './sessions.tsx'
import { helping } from './shortcuts.tsx'

/** Who is signed in, and how the page looks to them. */
export function Account() {
  const who = me.value
  const listing = useSignal(false)
  if (!who) return null
  const words = t().shell
  return (
    <div class="account">
      <Menu
        label={words.account}
        kind="account-button"
        align="start"
        up
        face={
          <>
            <Icon name="person" />
            <span class="name">{who.name}</span>
            <span class="where">{who.groups.join(' · ') || who.roles.map(role).join(' · ')}</span>
          </>
        }
      >
        <div class="settings">
          <label class="field">
            <span>{words.language}</span>
            <select
              value={language.value}
              onChange={(event) => choose((event.currentTarget as HTMLSelectElement).value as Language)}
            >
              <option value="zh" lang="zh-CN">中文</option>
              <option value="en" lang="en">English</option>
            </select>
          </label>
          <label class="field">
            <span>{words.theme}</span>
            <select
              value={theme.value}
              onChange={(event) => setTheme((event.currentTarget as HTMLSelectElement).value as Theme)}
            >
              {(['auto', 'light', 'dark'] as const).map((one) => (
                <option key={one} value={one}>{words.themes[one]}</option>
              ))}
            </select>
          </label>
          <button type="button" class="item" data-closes onClick={() => (helping.value = true)}>{words.shortcuts}</button>
          {!embedded && <button type="button" class="item" data-closes onClick={() => (listing.value = true)}>{t().sessions.title}</button>}
          <a class="item" href="/docs" target="_blank" rel="noreferrer">{words.api}</a>
          <button type="button" class="item" data-closes onClick={() => void signOut()}>{words.signOut}</button>
        </div>
      </Menu>
      {listing.value && <Sessions close={() => (listing.value = false)} />}
    </div>
  )
}

async function signOut(): Promise<void> {
  await call('POST', '/auth/logout').catch(() => {
    // The session may be over already.
  })
  // Nothing of one person stays in the page for the next.
  location.hash = ''
  location.reload()
}
