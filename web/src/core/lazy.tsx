import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { t } from './i18n.ts'

/** A view that is fetched when it is first shown; without the network it says so and tries again. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  const found = signal<ComponentType<P> | null>(null)
  const failed = signal(false)
  const begin = () => {
    failed.value = false
    load().then((view) => (found.value = view), () => (failed.value = true))
  }
  let begun = false
  return function Later(props: P) {
    if (!begun) {
      begun = true
      begin()
    }
    const View = found.value
    if (View) return <View {...props} />
    if (!failed.value) return <main class="plain" id="content" aria-busy="true" tabIndex={-1}><div class="loading" /></main>
    return (
      <main class="plain" id="content" tabIndex={-1}>
        <p class="problem" role="alert">{t().errors.unreachable}</p>
        <button type="button" class="secondary" onClick={begin}>{t().actions.retry}</button>
      </main>
    )
  }
}
