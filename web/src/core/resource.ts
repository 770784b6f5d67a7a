import { signal, type Signal } from '@preact/signals'
import { addressOf, sendTo, worded } from './http.ts'
import type { Body, Path, Reply, Sent } from './operations.ts'

type Lists<P extends Path<'GET'>> = { [Name in keyof Reply<'GET', P> as Reply<'GET', P>[Name] extends unknown[] ? Name : never]: Reply<'GET', P>[Name] }
type Listed<P extends Path<'GET'>> = Lists<P>[keyof Lists<P>] extends (infer Item)[] ? Item : never
type New<P extends Path<'GET'>> = P extends Path<'POST'> ? { json: Body<'POST', P>; reply: Reply<'POST', P> } : { json: never; reply: never }
type Name<P extends Path<'GET'>> = [Extract<Path<'DELETE'>, `${P}/{${string}}`>] extends [never] ? never : string
type Owner<P extends Path<'GET'>> = Sent<'GET', P> extends { path: infer Names extends Record<string, string> } ? [names: Names] : []

/** A list of the server's, loaded anew after each change. */
export class Resource<P extends Path<'GET'>> {
  readonly items: Signal<Listed<P>[] | null> = signal(null)
  readonly error: Signal<string | null> = signal(null)
  readonly #address: string
  readonly #list: keyof Lists<P>

  /** `list` is the field of the reply; `names` stand for what is in braces. */
  constructor(path: P, list: keyof Lists<P>, ...[names]: Owner<P>) {
    this.#list = list
    this.#address = addressOf(path, { path: names })
  }

  async load(): Promise<void> {
    try {
      const found = (await (await sendTo('GET', this.#address)).json()) as Record<keyof Lists<P>, Listed<P>[]>
      this.items.value = found[this.#list]
      this.error.value = null
    } catch (failure) {
      this.error.value = worded(failure)
    }
  }

  /** What was made, or null with the reason in `error`. */
  async make(json: New<P>['json']): Promise<New<P>['reply'] | null> {
    try {
      const made = await sendTo('POST', this.#address, { json })
      await this.load()
      return (await made.json()) as New<P>['reply']
    } catch (failure) {
      this.error.value = worded(failure)
      return null
    }
  }

  async remove(name: Name<P>): Promise<void> {
    try {
      await sendTo('DELETE', `${this.#address}/${encodeURIComponent(name)}`)
      await this.load()
    } catch (failure) {
      this.error.value = worded(failure)
    }
  }
}

/** A form's fields: text without spaces around it, checked boxes as lists. */
export function fieldsOf(event: SubmitEvent): { text: (name: string) => string; list: (name: string) => string[]; all: <T extends string>(name: string) => T[]; form: HTMLFormElement } {
  const form = event.currentTarget as HTMLFormElement
  const data = new FormData(form)
  const text = (name: string) => String(data.get(name) ?? '').trim()
  return {
    form,
    text,
    list: (name) => text(name).split(/[,，\n]/).map((one) => one.trim()).filter(Boolean),
    all: <T extends string>(name: string) => data.getAll(name).map((one) => String(one) as T),
  }
}
