import { effect, signal } from '@preact/signals'
import { call } from '../core/http.ts'
import { language } from '../core/i18n.ts'
import { askable } from '../core/session.ts'
import type { NamedQuery } from '../core/types.ts'

/** The named queries that one may run, in the language of the page. Without any there is no such part. */
export const offered = signal<NamedQuery[]>([])

effect(() => {
  if (!askable.value.length) {
    offered.value = []
    return
  }
  call('GET', '/api/data/queries', { query: { language: language.value } }).then(
    ({ queries }) => (offered.value = queries),
    () => undefined,
  )
})
