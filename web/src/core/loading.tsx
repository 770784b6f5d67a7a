import type { Resource } from './resource.ts'

/** Where a list will stand, until it is there or it is known why not. */
export function Loading<T>({ of }: { of: Pick<Resource<T>, 'items' | 'error'> }) {
  return of.items.value || of.error.value ? null : <div class="loading" aria-busy="true" />
}
