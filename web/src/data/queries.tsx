import { useSignal } from '@preact/signals'
import { fresh } from '../ask/conversation.ts'
import { call, worded } from '../core/http.ts'
import { language } from '../core/i18n.ts'
import { go, link } from '../core/route.ts'
import type { NamedQuery, RowSet } from '../core/types.ts'
import { Rows } from '../source/rows.tsx'
import { Field, valueOf } from './fields.tsx'
import { offered } from './offered.ts'
import { d } from './words.ts'

/** The queries on the left; the chosen one with its parameters and rows beside them. */
export function Queries({ name }: { name: string | undefined }) {
  const words = d()
  const sought = useSignal('')
  const chosen = offered.value.find((one) => one.name === name)
  const fits = (one: NamedQuery) => [one.title, one.description, ...one.examples].some((text) => text.toLowerCase().includes(sought.value.toLowerCase()))
  const found = offered.value.filter(fits)
  return (
    <div class="data">
      <section class="data-list">
        <input type="search" class="finding" aria-label={words.find} placeholder={words.find} value={sought.value}
          onInput={(event) => (sought.value = (event.currentTarget as HTMLInputElement).value)} />
        <ul>
          {found.map((one) => (
            <li key={one.name}><a href={link('data', 'queries', one.name)} aria-current={one === chosen ? 'true' : undefined}><strong>{one.title}</strong><span class="note">{one.description}</span></a></li>
          ))}
        </ul>
        {!found.length && <p class="note">{words.none}</p>}
      </section>
      {chosen ? <Query key={`${chosen.name}/${language.value}`} named={chosen} /> : <p class="note data-none">{words.choose}</p>}
    </div>
  )
}

function Query({ named }: { named: NamedQuery }) {
  const words = d()
  const rows = useSignal<RowSet | null>(null)
  const error = useSignal<string | null>(null)
  const busy = useSignal(false)
  const run = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const given = named.parameters.map((one) => [one.name, valueOf(one, String(fields.get(one.name) ?? ''))] as const)
    const parameters = Object.fromEntries(given.filter(([, value]) => value !== null))
    busy.value = true
    error.value = null
    try {
      rows.value = await call('POST', '/api/data/queries/{name}', { path: { name: named.name }, json: { parameters, language: language.value } })
    } catch (failure) {
      error.value = worded(failure)
    }
    busy.value = false
  }
  return (
    <section class="data-query stack">
      <header><h2>{named.title}</h2><p class="note">{named.description}</p></header>
      <form class="facts adding padded" onSubmit={run}>
        {named.parameters.map((one) => <Field key={one.name} parameter={one} />)}
        {!named.parameters.length && <p class="note">{words.noParameters}</p>}
        <div class="row"><button class="primary" disabled={busy.value}>{busy.value ? words.running : words.run}</button></div>
      </form>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {rows.value && <section class="panel data-rows" aria-label={words.rows}>{rows.value.rows.length ? <Rows rows={rows.value} /> : <p class="note" role="status">{words.empty}</p>}</section>}
      {named.examples.length > 0 && (
        <section class="asked">
          <h3 class="small-head">{words.examples}</h3>
          <ul>{named.examples.map((text) => <li key={text}><button type="button" class="textual" onClick={() => put(text)}>{text}</button></li>)}</ul>
        </section>
      )}
    </section>
  )
}

/** Into the box of Ask, to be changed or sent. */
function put(text: string): void {
  fresh().write(text)
  go(['ask'])
}
