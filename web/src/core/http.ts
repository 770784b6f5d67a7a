import { t } from './i18n.ts'
import type { Method, Path, Place, Reply, Sending, Sent } from './operations.ts'
import { translated, type Values } from './refusals.ts'
import { authorization, ended, renewal } from './session.ts'

/** A refusal as the server tells it. */
export interface Told {
  reason: string
  error: string
  values?: Values
}

/** Why a call failed, in the words of the server or of this page. */
export class Refusal extends Error {
  constructor(
    readonly reason: string,
    message: string,
    readonly status: number,
  ) {
    super(message)
  }

  /** The server's refusal in the language of the page. */
  static of({ reason, error, values }: Told, status: number): Refusal {
    return new Refusal(reason, translated(t().refusals, reason, error, values ?? {}), status)
  }
}

/** The parts of a call, whichever its operation is. */
interface Parts {
  path?: Record<string, unknown> | undefined
  query?: Record<string, unknown>
  header?: Record<string, unknown>
  json?: unknown
  form?: Record<string, string | Blob | string[]>
  signal?: AbortSignal
}

/** Where an operation is: its path with what stands for each name in braces, and its query without what is not set. */
export function address<M extends Method, P extends Path<M>>(_: M, path: P, ...[sent]: Sending<Place<M, P>>): string {
  return addressOf(path, sent ?? {})
}

/** The same for a path that is not known here; see `Resource`. */
export function addressOf(path: string, { path: names = {}, query = {} }: Parts): string {
  const set = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== '')
  const found = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name]))) + (found && `?${found}`)
}

/** A response that is well; `Refusal` for anything else. An ended session asks to sign in, and keeps the page. */
export function send<M extends Method, P extends Path<M>>(method: M, path: P, ...[sent]: Sending<Sent<M, P>>): Promise<Response> {
  return sendTo(method, addressOf(path, sent ?? {}), sent ?? {})
}

/** The JSON of a call. */
export async function call<M extends Method, P extends Path<M>>(method: M, path: P, ...sent: Sending<Sent<M, P>>): Promise<Reply<M, P>> {
  return (await (await send(method, path, ...sent)).json()) as Reply<M, P>
}

export async function sendTo(method: Method, where: string, sent: Parts = {}, again = true): Promise<Response> {
  const headers = { ...authorization(method), ...(sent.json !== undefined && { 'content-type': 'application/json' }), ...sent.header }
  const body = sent.json !== undefined ? JSON.stringify(sent.json) : sent.form ? formOf(sent.form) : null
  let response: Response
  try {
    response = await fetch(where, { method, headers, body, signal: sent.signal ?? null })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refusal('unreachable', t().errors.unreachable, 0)
  }
  if (response.ok) return response
  const refusal = await refusalOf(response)
  if (refusal.status === 401 && again && (await renewal.value?.())) return sendTo(method, where, sent, false)
  if (refusal.status === 401 && where !== '/auth/login') ended(refusal.reason, refusal.message)
  throw refusal
}

/** A form as browsers send it. */
export function formOf(fields: Record<string, string | Blob | string[]>): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) form.append(name, one)
  return form
}

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const told = (await response.json()) as Told
    if (typeof told.error === 'string') return Refusal.of(told, response.status)
  } catch {
    // No JSON: a proxy speaks, not Cloister.
  }
  return new Refusal('http_error', t().errors.status(response.status), response.status)
}

/** What went wrong, in words for people; null when it was called off. */
export function worded(error: unknown): string | null {
  if (error instanceof DOMException && error.name === 'AbortError') return null
  return error instanceof Error ? error.message : String(error)
}
