import type { Signal } from '@preact/signals'

/** Where a list will stand, until it is there or it is known why not. */
export function Loading({ of }: { of: { items: Signal<unknown>; error: Signal<string | null> } }) {
  return of.items.value || of.error.value ? null : <div class="loading" aria-busy="true" />
}
