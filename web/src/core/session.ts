import { computed, signal } from '@preact/signals'
import { t } from './i18n.ts'
import { translated } from './refusals.ts'
import { tab } from './storage.ts'
import type { Me, SessionState, Workspace } from './types.ts'

/** Who is signed in; null before, undefined while it is asked. */
export const me = signal<Me | null | undefined>(undefined)
/** The session ended while the page was open: sign in over it, nothing is lost. */
export const expired = signal(false)
/** Why it ended, when somebody else ended it. */
export const endedBy = signal<string | null>(null)
/** Why it is not known yet who is signed in. */
export const unreached = signal<string | null>(null)
/** How one may sign in: a local account's password, the company's own sign-in. */
export const ways = signal<SessionState['ways']>(['password'])

let csrf = ''
let bearer = ''

/** A token that the surrounding page handed over, kept nowhere. */
export function bear(token: string): void {
  bearer = token
}

/** The cookie comes along by itself; a change also needs what only our own page knows. */
export const authorization = (method: string): Record<string, string> =>
  bearer ? { authorization: `Bearer ${bearer}` } : csrf && method !== 'GET' ? { 'x-csrf-token': csrf } : {}

/** How another token is had when one has ended; null where a person signs in again. */
export const renewal = signal<(() => Promise<boolean>) | null>(null)

/** `reason` and `words` are the server's. */
export function ended(reason = '', words = ''): void {
  if (reason === 'session_ended') endedBy.value = words
  if (me.value) expired.value = true
  else me.value = null
}

/** Who it is now. Somebody else than before begins with a page of their own. */
export function welcome(found: SessionState): void {
  ways.value = found.ways
  csrf = found.session?.csrf ?? ''
  const why = found.ended
  if (!found.signed_in || !found.me) return ended(why?.reason, why ? translated(t().refusals, why.reason, why.error) : '')
  const other = me.value && me.value.id !== found.me.id
  // What one person typed in this tab is not for the next.
  if (tab.get('person') !== found.me.id) tab.clear()
  tab.set('person', found.me.id)
  me.value = found.me
  expired.value = false
  endedBy.value = null
  if (other) location.reload()
}

type Action = Workspace['actions'][number]

const may = (action: Action) => computed(() => me.value?.workspaces.filter((one) => one.actions.includes(action)) ?? [])

export const askable = may('ask')
export const writable = may('write')
export const managed = may('manage')
export const isAdmin = computed(() => me.value?.roles.includes('admin') ?? false)
export const isAuditor = computed(() => isAdmin.value || (me.value?.roles.includes('auditor') ?? false))
