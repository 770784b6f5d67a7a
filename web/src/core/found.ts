import { useSignal } from '@preact/signals'
import { worded } from './http.ts'
import { useRepeated } from './repeated.ts'

/** What a look found, or why it failed; null before the first has ended. */
export type Found<T> = { is: T } | { failed: string } | null

/** Looks at once and every so many milliseconds; what was found stays until the next look has ended. */
export function useFound<T>(look: () => Promise<T>, every: number): Found<T> {
  const found = useSignal<Found<T>>(null)
  useRepeated(async () => {
    try {
      found.value = { is: await look() }
    } catch (failure) {
      found.value = { failed: worded(failure) ?? '' }
    }
  }, every)
  return found.value
}
