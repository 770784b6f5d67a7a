import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import { askable } from '../core/session.ts'
import type { StartingPoint } from '../core/types.ts'
import { chosen } from './conversation.ts'

const SHOWN = 6

/** Questions to begin with, of the workspaces that are chosen; each department has its own. */
export function Starting({ ask }: { ask: (question: string) => void }) {
  const found = useSignal<StartingPoint[]>([])
  useEffect(() => {
    call('GET', '/api/starting-points').then(
      (kept) => (found.value = kept.starting_points),
      () => {
        // One can ask all the same.
      },
    )
  }, [])
  const open = new Set(askable.value.map((one) => one.workspace).filter((name) => !chosen.value.length || chosen.value.includes(name)))
  const points = found.value.filter((one) => open.has(one.workspace)).slice(0, SHOWN)
  if (!points.length) return null
  return (
    <ul class="starting" aria-label={t().ask.startWith}>
      {points.map((one) => (
        <li key={one.id}>
          <button type="button" onClick={() => ask(one.question)}>{one.question}</button>
        </li>
      ))}
    </ul>
  )
}
