import { useSignal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import { language, t } from '../core/i18n.ts'
import type { Why } from '../core/types.ts'
import { Icon } from '../shell/icons.tsx'

/** The rules that decide about one person and one document, each holding or not. */
export function Rules({ why }: { why: Why }) {
  return (
    <div role="status">
      <p class="verdict">{why.verdict}</p>
      <ol class="rules">
        {why.rules.map((rule) => (
          <li key={rule.rule} class={rule.holds ? 'holds' : 'fails'}>
            <Icon name={rule.holds ? 'check' : 'close'} />
            {rule.words}
          </li>
        ))}
      </ol>
    </div>
  )
}

/** For who reads an answer: why its source is open to them, and so who else may read it. */
export function WhyMine({ document }: { document: string }) {
  const why = useSignal<Why | null>(null)
  const error = useSignal<string | null>(null)
  const look = (event: Event) => {
    if (!(event.currentTarget as HTMLDetailsElement).open || why.value) return
    call('GET', '/api/documents/{document}/why', { path: { document }, query: { lang: language.value } }).then(
      (found) => (why.value = found),
      (failure) => (error.value = worded(failure)),
    )
  }
  return (
    <details class="why-mine" onToggle={look}>
      <summary>{t().source.why}</summary>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {why.value && <Rules why={why.value} />}
    </details>
  )
}
