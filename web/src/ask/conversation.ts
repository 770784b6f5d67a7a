import { signal, type Signal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import type { Body } from '../core/operations.ts'
import { askable } from '../core/session.ts'
import { device, tab } from '../core/storage.ts'
import type { ConversationItem } from '../core/types.ts'
import { Exchange } from './exchange.ts'
import { Files } from './files.ts'

const hex = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Which workspaces to ask; empty: all that are open. */
const wanted = new URLSearchParams(location.hash.split('?')[1]).get('workspace')
export const chosen = signal<string[]>(wanted ? [wanted] : (JSON.parse(device.get('workspaces') ?? '[]') as string[]))

/** The kind of work that questions come with, until another one is chosen; empty: none. */
export const scenario = signal('')

export function choose(names: string[]): void {
  chosen.value = names
  device.set('workspaces', JSON.stringify(names))
}

/** A right that was taken away since is no reason to refuse the question. */
const openOf = (names: string[]): string[] => names.filter((name) => askable.value.some((one) => one.workspace === name))

/** Questions that follow each other. */
export class Conversation {
  readonly exchanges: Signal<Exchange[]> = signal([])
  readonly title = signal('')
  readonly loading = signal(false)
  readonly error: Signal<string | null> = signal(null)
  readonly draft: Signal<string>
  readonly files: Files
  id: string

  constructor(id: string) {
    this.id = id
    this.files = new Files(id)
    this.draft = signal(tab.get(`draft.${id}`) ?? '')
  }

  write(text: string): void {
    this.draft.value = text
    tab.set(`draft.${this.id}`, text || null)
  }

  async load(): Promise<void> {
    this.loading.value = true
    void this.files.load()
    this.error.value = null
    try {
      const found = await call('GET', '/api/conversations/{conversation}', { path: { conversation: this.id } })
      this.title.value = found.title
      const open = found.pending.map((one) => {
        const exchange = new Exchange(one.question)
        exchange.query = one.query_id
        void exchange.resume()
        return exchange
      })
      this.exchanges.value = [...found.turns.map(Exchange.stored), ...open]
    } catch (error) {
      this.error.value = worded(error)
    }
    this.loading.value = false
  }

  async ask(question: string): Promise<void> {
    const exchange = new Exchange(question)
    const failed = this.files.leaveOut()
    exchange.without = failed.map((one) => one.name)
    if (this.draft.value.trim() === question) this.write('')
    if (tab.get('fresh') === this.id) tab.set('fresh', null)
    this.exchanges.value = [...this.exchanges.value, exchange]
    this.title.value ||= question
    await exchange.ask({ conversation: this.id, workspaces: openOf(chosen.value), scenario: scenario.value })
    // What never reached the server is not lost with the page.
    if (exchange.unsent) {
      this.files.putBack(failed)
      if (!this.draft.value) this.write(question)
    }
    void refresh()
  }

  get busy(): Exchange | undefined {
    return this.exchanges.value.find((one) => one.open)
  }
}

const known = new Map<string, Conversation>()

/** The conversation of an id; those of this visit stay, also while they are not looked at. */
export function conversation(id: string): Conversation {
  const found = known.get(id) ?? new Conversation(id)
  known.set(id, found)
  return found
}

/** The one that begins with the next question; its draft outlives a reload. */
export function fresh(): Conversation {
  const kept = tab.get('fresh')
  const id = kept ?? hex(8)
  tab.set('fresh', id)
  // After a reload its files are there already.
  if (kept && !known.has(id)) void conversation(id).files.load()
  return conversation(id)
}

export function opened(id: string): Conversation {
  const before = known.has(id)
  const found = conversation(id)
  if (!before) void found.load()
  return found
}

const PAGE = 40
export const listed: Signal<ConversationItem[]> = signal([])
export const total = signal(0)
export const sought = signal('')
export const listError: Signal<string | null> = signal(null)
let newest = 0

/** The list anew, as long as it is shown now. */
export async function refresh(more = false): Promise<void> {
  const ticket = ++newest
  const offset = more ? listed.value.length : 0
  const limit = more ? PAGE : Math.max(PAGE, sought.value ? 0 : listed.value.length)
  try {
    const found = await call('GET', '/api/conversations', { query: { q: sought.value, limit, offset } })
    if (ticket !== newest) return
    listed.value = more ? [...listed.value, ...found.conversations] : found.conversations
    total.value = found.total
    listError.value = null
  } catch (error) {
    if (ticket === newest) listError.value = worded(error)
  }
}

export async function amend(id: string, change: Body<'PATCH', '/api/conversations/{conversation}'>): Promise<void> {
  await call('PATCH', '/api/conversations/{conversation}', { path: { conversation: id }, json: change })
  if (change.title) conversation(id).title.value = change.title
  await refresh()
}

export async function forget(id: string): Promise<void> {
  await call('DELETE', '/api/conversations/{conversation}', { path: { conversation: id } })
  known.delete(id)
  await refresh()
}
