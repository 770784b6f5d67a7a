import { signal, type Signal } from '@preact/signals'
import { Refusal, call, query } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { authorization, ended } from '../core/session.ts'
import type { DocumentBody, DocumentList } from '../core/types.ts'
import { refresh } from './list.ts'
import { rejection } from './status.tsx'
import { k } from './words.ts'

const AT_ONCE = 3
const PAUSE = 3000 // ms until a lost connection is tried again
const OPEN = new Set(['received', 'parsing', 'indexing'])
export type Stage = 'waiting' | 'sending' | 'failed' | 'stopped' | DocumentBody['status']

/** One file on its way; what becomes of it is the server's word. */
export class Upload {
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
    const form = new FormData()
    form.append('workspace', this.workspace)
    form.append('title', this.title)
    form.append('file', this.file)
    return new Promise((resolve) => {
      const request = (this.#request = new XMLHttpRequest())
      request.open('POST', '/api/documents')
      for (const [name, value] of Object.entries(authorization('POST'))) request.setRequestHeader(name, value)
      request.upload.onprogress = (event) => (this.share.value = event.total ? event.loaded / event.total : 0)
      request.onload = () => resolve(this.#answered(request))
      request.onerror = () => resolve(this.#lost())
      request.onabort = () => resolve(this.#stopped())
      request.send(form)
    })
  }

  stop(): void {
    if (this.stage.value === 'waiting') this.#stopped()
    this.#request?.abort()
  }

  told(state: DocumentBody): void {
    this.stage.value = state.status
    this.share.value = state.progress ?? 0
    this.problem.value = rejection(state)
  }

  #answered(request: XMLHttpRequest): void {
    const said = parsed(request.responseText)
    if (request.status === 202) {
      this.document = (said as DocumentBody).document_id
      this.told(said as DocumentBody)
      return
    }
    if (request.status === 401) ended()
    const { error, reason } = (said ?? {}) as { error?: string; reason?: string }
    this.#fail(error ? Refusal.of(reason ?? '', error, request.status).message : t().errors.status(request.status))
  }

  /** Sent again when there is a connection; a file that cannot be read (a folder, one moved since) is not. */
  async #lost(): Promise<void> {
    try {
      await this.file.slice(0, 1).arrayBuffer()
    } catch {
      return this.#fail(k().upload.unreadable)
    }
    this.problem.value = k().upload.lost
    this.stage.value = 'waiting'
    pausing ||= window.setTimeout(goOn, PAUSE)
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

export const uploads: Signal<Upload[]> = signal([])
let running = 0
let timer = 0
let pausing = 0

export function add(files: { file: File; title: string }[], workspace: string): void {
  uploads.value = [...uploads.value, ...files.map(({ file, title }) => new Upload(file, title, workspace))]
  pump()
}

export function retry(which: Upload[]): void {
  for (const one of which) one.stage.value = 'waiting'
  goOn()
}

export function clear(): void {
  uploads.value = uploads.value.filter((one) => !one.settled || one.problem.value !== null)
}

function goOn(): void {
  clearTimeout(pausing)
  pausing = 0
  pump()
}

function pump(): void {
  while (running < AT_ONCE && !pausing) {
    const next = uploads.value.find((one) => one.stage.value === 'waiting')
    if (!next) return
    running++
    void next.send().then(() => {
      running--
      pump()
      follow()
    })
  }
}

/** Ask the server what became of what was sent, until all is settled. */
function follow(): void {
  timer ||= window.setTimeout(() => void look(), 1000)
}

async function look(): Promise<void> {
  timer = 0
  const open = uploads.value.filter((one) => one.document && OPEN.has(one.stage.value))
  if (!open.length) return void refresh()
  const states = new Map<string, DocumentBody>()
  try {
    for (const workspace of new Set(open.map((one) => one.workspace))) {
      const found = await call<DocumentList>('GET', `/api/documents${query({ workspace, limit: 500 })}`)
      for (const one of found.documents) states.set(one.document_id, one)
    }
    // Those that 500 newer ones have pushed out of the page are asked for one by one, some at a time.
    const missing = open.filter((one) => !states.has(one.document!)).slice(0, 20)
    for (const one of missing) {
      states.set(one.document!, await call<DocumentBody>('GET', `/api/documents/${one.document}`))
    }
  } catch {
    // Asked again below: the state is the server's, nothing is guessed.
  }
  for (const one of open) {
    const state = states.get(one.document!)
    if (state) one.told(state)
  }
  void refresh()
  follow()
}

addEventListener('online', goOn)
addEventListener('beforeunload', (event) => {
  if (uploads.value.some((one) => one.stage.value === 'waiting' || one.stage.value === 'sending')) event.preventDefault()
})
