import { computed, signal } from '@preact/signals'
import { tab } from './storage.ts'
import type { Me, Workspace } from './types.ts'

/** Who is signed in; null before, undefined while it is asked. */
export const me = signal<Me | null | undefined>(undefined)
/** The session ended while the page was open: sign in over it, nothing is lost. */
export const expired = signal(false)

let token = tab.get('token')

export const authorization = (_method: string): Record<string, string> =>
  token ? { authorization: `Bearer ${token}` } : {}

export const hasToken = (): boolean => token !== null

export function keep(wanted: string | null): void {
  token = wanted
  tab.set('token', wanted)
}

export function ended(): void {
  if (me.value) expired.value = true
  else me.value = null
}

export function welcome(found: Me): void {
  me.value = found
  expired.value = false
}

type Action = Workspace['actions'][number]

const may = (action: Action) => computed(() => me.value?.workspaces.filter((one) => one.actions.includes(action)) ?? [])

export const askable = may('ask')
export const writable = may('write')
export const managed = may('manage')
export const isAdmin = computed(() => me.value?.roles.includes('admin') ?? false)
export const isAuditor = computed(() => isAdmin.value || (me.value?.roles.includes('auditor') ?? false))
