import { signal, type Signal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import type { Attachment } from '../core/types.ts'

/** A file on its way into a conversation, or in it. */
export class AttachedFile {
  readonly state: Signal<'reading' | 'there' | 'failed'> = signal('reading')
  readonly problem: Signal<string | null> = signal(null)
  readonly pages = signal(0)
  name: string
  readonly #file: File | null

  constructor(name: string, file: File | null = null) {
    this.name = name
    this.#file = file
  }

  static kept(one: Attachment): AttachedFile {
    const found = new AttachedFile(one.name)
    found.pages.value = one.pages
    found.state.value = 'there'
    return found
  }

  async send(conversation: string): Promise<void> {
    this.state.value = 'reading'
    this.problem.value = null
    try {
      const kept = await call('POST', '/api/conversations/{conversation}/files', { path: { conversation }, form: { file: this.#file! } })
      this.name = kept.name
      this.pages.value = kept.pages
      this.state.value = 'there'
    } catch (error) {
      this.problem.value = worded(error)
      this.state.value = 'failed'
    }
  }
}

/** The files of one conversation. */
export class Files {
  readonly list: Signal<AttachedFile[]> = signal([])
  readonly #conversation: string

  constructor(conversation: string) {
    this.#conversation = conversation
  }

  get reading(): boolean {
    return this.list.value.some((one) => one.state.value === 'reading')
  }

  async load(): Promise<void> {
    try {
      const { files } = await call('GET', '/api/conversations/{conversation}/files', { path: { conversation: this.#conversation } })
      this.list.value = files.map(AttachedFile.kept)
    } catch {
      // The conversation itself says what is wrong; its files are asked for with the next visit.
    }
  }

  /** One after the other: the reader on the server takes them so. */
  async add(files: Iterable<File>): Promise<void> {
    const fresh = [...files].map((file) => new AttachedFile(file.name, file))
    const names = new Set(fresh.map((one) => one.name))
    this.list.value = [...this.list.value.filter((one) => !names.has(one.name)), ...fresh]
    for (const one of fresh) await one.send(this.#conversation)
  }

  /** What could not be attached goes: a question is asked without it. */
  leaveOut(): AttachedFile[] {
    const failed = this.list.value.filter((one) => one.state.value === 'failed')
    if (failed.length) this.list.value = this.list.value.filter((one) => !failed.includes(one))
    return failed
  }

  /** The question was not asked after all. */
  putBack(failed: AttachedFile[]): void {
    if (failed.length) this.list.value = [...this.list.value, ...failed]
  }

  retry(one: AttachedFile): Promise<void> {
    return one.send(this.#conversation)
  }

  async remove(one: AttachedFile): Promise<void> {
    const path = { conversation: this.#conversation, name: one.name }
    try {
      if (one.state.value === 'there') await call('DELETE', '/api/conversations/{conversation}/files/{name}', { path })
      this.list.value = this.list.value.filter((other) => other !== one)
    } catch (error) {
      one.problem.value = worded(error)
    }
  }
}
