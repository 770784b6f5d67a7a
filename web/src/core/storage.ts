/** localStorage and sessionStorage that may be refused: then values live as long as the page. */
class Store {
  #memory = new Map<string, string>()
  #pick: () => Storage

  constructor(pick: () => Storage) {
    this.#pick = pick
  }

  get(name: string): string | null {
    try {
      return this.#pick().getItem(`cloister.${name}`) ?? this.#memory.get(name) ?? null
    } catch {
      return this.#memory.get(name) ?? null
    }
  }

  set(name: string, value: string | null): void {
    if (value === null) this.#memory.delete(name)
    else this.#memory.set(name, value)
    try {
      if (value === null) this.#pick().removeItem(`cloister.${name}`)
      else this.#pick().setItem(`cloister.${name}`, value)
    } catch {
      // Refused or full: the memory has it.
    }
  }

  clear(): void {
    this.#memory.clear()
    try {
      const store = this.#pick()
      for (const name of Object.keys(store)) if (name.startsWith('cloister.')) store.removeItem(name)
    } catch {
      // Refused: the memory was all.
    }
  }
}

/** Kept on this device. */
export const device = new Store(() => localStorage)
/** Kept in this tab, also over a reload. */
export const tab = new Store(() => sessionStorage)
