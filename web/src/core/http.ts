import { t } from './i18n.ts'
import { translated } from './refusals.ts'
import { authorization, ended, renewal } from './session.ts'

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
  static of(reason: string, message: string, status: number): Refusal {
    return new Refusal(reason, translated(t().refusals, reason, message), status)
  }
}

export interface Sent {
  json?: unknown
  body?: BodyInit
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** A response that is well; `Refusal` for anything else. An ended session asks to sign in, and keeps the page. */
export async function send(method: string, path: string, sent: Sent = {}, again = true): Promise<Response> {
  const headers: Record<string, string> = { ...authorization(method), ...sent.headers }
  let body = sent.body
  if (sent.json !== undefined) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(sent.json)
  }
  let response: Response
  try {
    response = await fetch(path, { method, headers, body: body ?? null, signal: sent.signal ?? null })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Refusal('unreachable', t().errors.unreachable, 0)
  }
  if (response.ok) return response
  const refusal = await refusalOf(response)
  if (refusal.status === 401 && again && (await renewal.value?.())) return send(method, path, sent, false)
  if (refusal.status === 401 && path !== '/auth/login') ended()
  throw refusal
}

/** The JSON of a call. */
export async function call<T>(method: string, path: string, sent: Sent = {}): Promise<T> {
  return (await (await send(method, path, sent)).json()) as T
}

async function refusalOf(response: Response): Promise<Refusal> {
  try {
    const { error, reason } = (await response.json()) as { error: string; reason: string }
    if (typeof error === 'string') return Refusal.of(reason, error, response.status)
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

/** Query parameters without those that are not set. */
export function query(fields: Record<string, string | number | boolean | null | undefined>): string {
  const set = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== '')
  const found = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString()
  return found && `?${found}`
}
