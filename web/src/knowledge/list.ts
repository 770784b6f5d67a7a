import { effect, signal, type Signal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import type { DocumentBody } from '../core/types.ts'

export const PAGE = 100
const OPEN = new Set(['received', 'parsing', 'indexing'])

export interface Filter {
  workspace: string
  status: DocumentBody['status'] | ''
  q: string
  due: number | null
  offset: number
}

export const filter: Signal<Filter> = signal({ workspace: '', status: '', q: '', due: null, offset: 0 })
export const documents: Signal<DocumentBody[]> = signal([])
export const total = signal(0)
export const loaded = signal(false)
export const trouble: Signal<string | null> = signal(null)

/** Found by its words, and not yet all of it by its meaning. */
export function partial(one: DocumentBody): boolean {
  return one.status === 'indexed' && !one.withdrawn && one.vectors !== null && one.vectors < 1
}

const moving = (one: DocumentBody): boolean => OPEN.has(one.status) || partial(one)

let newest = 0
let timer = 0

/** Another filter begins at its first page. */
export function narrow(change: Partial<Filter>): void {
  filter.value = { ...filter.value, offset: 0, ...change }
}

/** All documents, or those that are due within so many days; nothing of the other list is shown meanwhile. */
export function begin(due: number | null): void {
  if (filter.value.due !== due) {
    documents.value = []
    loaded.value = false
  }
  narrow({ due, status: '', q: '' })
}

/** The list as the server has it now; while something is read, it is looked at again. */
export async function refresh(): Promise<void> {
  const ticket = ++newest
  clearTimeout(timer)
  const { workspace, status, q, due, offset } = filter.value
  try {
    const found = await call('GET', '/api/documents', { query: { workspace, status, q, due, offset, limit: PAGE } })
    if (ticket !== newest) return
    documents.value = found.documents
    total.value = found.total
    trouble.value = null
  } catch (error) {
    if (ticket === newest) trouble.value = worded(error)
  }
  loaded.value = true
  if (watched && documents.value.some(moving)) timer = window.setTimeout(() => void refresh(), 1500)
}

let watched = 0

/** Keep the list current while a view shows it. */
export function watch(): () => void {
  watched++
  let typing = 0
  const stop = effect(() => {
    filter.value
    clearTimeout(typing)
    typing = window.setTimeout(() => void refresh(), 120)
  })
  return () => {
    watched--
    clearTimeout(typing)
    clearTimeout(timer)
    stop()
  }
}
