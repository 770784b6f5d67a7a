import { batch, signal, type Signal } from '@preact/signals'
import { address, call, formOf, Refusal, type Told, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import type { Form } from '../core/operations.ts'
import { authorization, ended } from '../core/session.ts'
import type { DocumentBody } from '../core/types.ts'
import { rejection } from './status.tsx'
import { k } from './words.ts'

type Stage = 'waiting' | 'sending' | 'failed' | 'stopped' | DocumentBody['status']

let made = 0

/** One file on its way; what becomes of it is the server's word. */
export class Upload {
  /** The same file may be sent twice. */
  readonly id = ++made
  readonly stage: Signal<Stage> = signal('waiting')
  readonly share = signal(0)
  readonly problem: Signal<string | null> = signal(null)
  document: string | null = null
  #request: XMLHttpRequest | null = null
  file: File
  title: string
  workspace: string

  constructor(file: File, title: string, workspace: string) {
    this.file = file
    this.title = title
    this.workspace = workspace
  }

  get settled(): boolean {
    return ['failed', 'stopped', 'indexed', 'rejected', 'removed'].includes(this.stage.value)
  }

  /** XMLHttpRequest tells how much was sent; fetch does not. */
  send(): Promise<void> {
    this.stage.value = 'sending'
    this.problem.value = null
    const fields: Form<'POST', '/api/documents'> = { workspace: this.workspace, title: this.title, file: this.file }
    return new Promise((resolve) => {
      const request = (this.#request = new XMLHttpRequest())
      request.open('POST', address('POST', '/api/documents'))
      for (const [name, value] of Object.entries(authorization('POST'))) request.setRequestHeader(name, value)
      request.upload.onprogress = (event) => (this.share.value = event.total ? event.loaded / event.total : 0)
      request.onload = () => resolve(this.#answered(request))
      request.onerror = () => resolve(this.#lost())
      request.onabort = () => resolve(this.#stopped())
      request.send(formOf(fields))
    })
  }

  stop(): void {
    if (this.stage.value === 'waiting') this.#stopped()
    this.#request?.abort()
  }

  /** The server has its bytes, and what kept it from being read may be mended by now. */
  async readAgain(): Promise<void> {
    try {
      this.told(await call('POST', '/api/documents/{document}/retry', { path: { document: this.document! } }))
    } catch (failure) {
      this.problem.value = worded(failure)
    }
  }

  told(state: DocumentBody): void {
    batch(() => {
      this.stage.value = state.status
      this.share.value = state.progress ?? 0
      this.problem.value = rejection(state)
    })
  }

  #answered(request: XMLHttpRequest): void {
    const said = parsed(request.responseText)
    if (request.status === 202) {
      this.document = (said as DocumentBody).document_id
      this.told(said as DocumentBody)
      return
    }
    const told = said as Told | null
    if (request.status === 401) ended(told?.reason, told?.error && Refusal.of(told, 401).message)
    this.#fail(told?.error ? Refusal.of(told, request.status).message : t().errors.status(request.status))
  }

  /** Waits again for a connection; a file that cannot be read (a folder, one moved since) does not. */
  async #lost(): Promise<void> {
    try {
      await this.file.slice(0, 1).arrayBuffer()
    } catch {
      return this.#fail(k().upload.unreadable)
    }
    this.problem.value = k().upload.lost
    this.stage.value = 'waiting'
  }

  #stopped(): void {
    this.problem.value = null
    this.stage.value = 'stopped'
  }

  #fail(why: string): void {
    this.problem.value = why
    this.stage.value = 'failed'
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
