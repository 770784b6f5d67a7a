import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../../core/http.ts'
import { language, list, number } from '../../core/i18n.ts'
import { Original } from '../../core/original.tsx'
import type { SourceState } from '../../core/types.ts'
import { Icon } from '../../shell/icons.tsx'
import { a } from '../words.ts'

/** The declared business sources, each tried when the view is opened. */
export function Sources() {
  const words = a().sources
  const found = useSignal<SourceState[] | null>(null)
  const error = useSignal<string | null>(null)
  const look = () => {
    found.value = error.value = null
    call('GET', '/api/data/sources', { query: { language: language.value } }).then(
      ({ sources }) => (found.value = sources),
      (failure) => (error.value = worded(failure)),
    )
  }
  useEffect(look, [language.value])
  return (
    <section class="stack">
      <div class="row"><p class="note">{words.help}</p><button type="button" class="secondary push" onClick={look}>{words.again}</button></div>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {!found.value && !error.value && <p class="note" aria-busy="true">{words.trying}</p>}
      {found.value?.length === 0 && <p class="note empty-note">{words.none}</p>}
      {found.value?.map((one) => <Source key={one.source} source={one} />)}
    </section>
  )
}

function Source({ source }: { source: SourceState }) {
  const words = a().sources
  const well = source.problems.length === 0
  return (
    <section class="panel">
      <header class="row">
        <h2 class="small-head">{source.title}</h2>
        <span class="note">{source.source} · {source.kind === 'api' ? 'HTTP' : source.kind}</span>
        <span class={`tag push ${well ? 'good' : 'bad'}`}><Icon name={well ? 'check' : 'warn'} /> {well ? words.well : words.trouble}</span>
      </header>
      <p class="note">{words.has(number(source.tables), number(source.queries))} · {words.open(list(source.workspaces))}</p>
      {!well && <ul class="problem">{source.problems.map((line) => <li key={line}><Original text={line} /></li>)}</ul>}
    </section>
  )
}
