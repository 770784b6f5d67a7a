import { signal, type Signal } from '@preact/signals'
import { call, worded } from './http.ts'

/** A list of the server's, loaded anew after each change. */
export class Resource<T> {
  readonly items: Signal<T[] | null> = signal(null)
  readonly error: Signal<string | null> = signal(null)
  readonly #path: string
  readonly #name: string

  /** `path` below /api; its last part is the name of the list in the reply. */
  constructor(path: string) {
    this.#name = path.split('/').at(-1)!.replaceAll('-', '_')
    this.#path = `/api/${path}`
  }

  async load(): Promise<void> {
    try {
      const found = await call<Record<string, T[]>>('GET', this.#path)
      this.items.value = found[this.#name] ?? []
      this.error.value = null
    } catch (failure) {
      this.error.value = worded(failure)
    }
  }

  /** What was made, or null with the reason in `error`. */
  async make<R>(fields: Record<string, unknown>): Promise<R | null> {
    try {
      const made = await call<R>('POST', this.#path, { json: fields })
      await this.load()
      return made
    } catch (failure) {
      this.error.value = worded(failure)
      return null
    }
  }

  async remove(name: string): Promise<void> {
    try {
      await call('DELETE', `${this.#path}/${encodeURIComponent(name)}`)
      await this.load()
    } catch (failure) {
      this.error.value = worded(failure)
    }
  }
}

/** A form's fields: text without spaces around it, checked boxes as lists. */
export function fieldsOf(event: SubmitEvent): { text: (name: string) => string; list: (name: string) => string[]; all: (name: string) => string[]; form: HTMLFormElement } {
  const form = event.currentTarget as HTMLFormElement
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '').trim()
  return {
    form,
    text,
    list: (name) => text(name).split(/[,，\n]/).map((one) => one.trim()).filter(Boolean),
    all: (name) => data.getAll(name).map(String),
  }
}
