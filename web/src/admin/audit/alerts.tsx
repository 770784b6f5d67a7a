import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../../core/http.ts'
import { labelled, moment, number } from '../../core/i18n.ts'
import { translated } from '../../core/refusals.ts'
import { isAdmin } from '../../core/session.ts'
import type { Alert, Ban } from '../../core/types.ts'
import { Dialog } from '../../shell/dialog.tsx'
import { type Column, Table } from '../../shell/table.tsx'
import { fieldsOf } from '../../core/resource.ts'
import { a } from '../words.ts'
import { exact } from './log.tsx'

type Seen = Pick<Alert, 'seq' | 'acknowledged_by'>

/** What the rules of the audit log found, who is kept out, and who looked at it. */
export function Alerts() {
  const words = a().alert
  const alerts = useSignal<Alert[] | null>(null)
  const bans = useSignal<Ban[]>([])
  const error = useSignal<string | null>(null)
  const looking = useSignal<Alert | null>(null)
  const fail = (failure: unknown) => (error.value = worded(failure))
  const load = async () => {
    const [found, running] = await Promise.all([call('GET', '/api/alerts'), call('GET', '/api/bans')])
    alerts.value = found.alerts
    bans.value = running.bans
    error.value = null
  }
  useEffect(() => void load().catch(fail), [])
  // The log has it a moment later: who looked is known from the reply.
  const note = (seen: Seen) => (alerts.value = (alerts.value ?? []).map((one) => (one.seq === seen.seq ? { ...one, ...seen } : one)))
  const lift = (principal: string) => void call('POST', '/api/bans/{principal}/lift', { path: { principal } }).then(load).catch(fail)
  if (!alerts.value) return error.value ? <p class="problem" role="alert">{error.value}</p> : <div class="loading" aria-busy="true" />
  return (
    <section class="stack">
      <p class="note">{words.help}</p>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {bans.value.length > 0 && (
        <section class="panel bans">
          <h2 class="small-head">{words.bans}</h2>
          <ul class="grants">
            {bans.value.map((one) => (
              <li key={one.principal}>
                <span class="holder">{one.principal}</span>
                <span>{words.until(moment(one.until), one.rule)}</span>
                {isAdmin.value && <button type="button" class="textual" onClick={() => lift(one.principal)}>{words.lift}</button>}
              </li>
            ))}
          </ul>
        </section>
      )}
      {alerts.value.length === 0 ? <p class="note empty-note">{words.none}</p> : <List alerts={alerts.value} look={(one) => (looking.value = one)} />}
      {looking.value && <Acknowledge alert={looking.value} close={() => (looking.value = null)} done={note} />}
    </section>
  )
}

function List({ alerts, look }: { alerts: Alert[]; look: (one: Alert) => void }) {
  const words = a().alert
  const columns: Column<Alert>[] = [
    { head: words.at, cell: (one) => <time dateTime={one.at}>{exact(one.at)}</time> },
    { head: words.who, cell: (one) => one.principal },
    { head: words.rule, kind: 'wrap', cell: (one) => <><strong>{one.rule}</strong> <span class="note">{translated(words.whys, one.why ?? '', one.why ?? '')}</span></> },
    { head: words.value, kind: 'num', cell: (one) => number(one.value ?? 0, 1) },
    { head: words.act, cell: (one) => <span class={`tag ${one.act === 'note' ? '' : one.act === 'alert' ? 'warn' : 'bad'}`}>{words.acts[one.act as 'ban'] ?? one.act}</span> },
    { head: words.seen, kind: 'wrap', cell: (one) => one.acknowledged_by ? <>{one.acknowledged_by} <span class="note">{one.note}</span></> : <button type="button" class="textual" onClick={() => look(one)}>{words.acknowledge}</button> },
  ]
  return <Table columns={columns} rows={alerts} keyed={(one) => one.seq} />
}

function Acknowledge({ alert, close, done }: { alert: Alert; close: () => void; done: (seen: Seen) => void }) {
  const words = a().alert
  const error = useSignal<string | null>(null)
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    try {
      const note = fieldsOf(event).text('note')
      done(await call('POST', '/api/alerts/{seq}/acknowledge', { path: { seq: alert.seq }, json: { note } }))
      close()
    } catch (failure) {
      error.value = worded(failure)
    }
  }
  return (
    <Dialog title={words.acknowledge} close={close} kind="small">
      <form class="stack" onSubmit={submit}>
        <p>{labelled(alert.principal, alert.rule)}</p>
        <label class="field"><span>{words.note}</span><textarea name="note" rows={3} maxLength={500} /></label>
        {error.value && <p class="problem" role="alert">{error.value}</p>}
        <div class="row end">
          <button type="button" class="secondary" onClick={close}>{a().cancel}</button>
          <button class="primary">{words.acknowledge}</button>
        </div>
      </form>
    </Dialog>
  )
}
