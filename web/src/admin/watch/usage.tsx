import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { call, worded } from '../../core/http.ts'
import { language, locale, number, t } from '../../core/i18n.ts'
import type { Report } from '../../core/types.ts'
import { a } from '../words.ts'
import { Card, Columns, Shares } from './figures.tsx'

type Figures = Report['figures']
const SHOWN = 12 // months to choose from

/** What a month was: counts alone, beside the month before. */
export function Usage() {
  const words = a().usage
  const month = useSignal(months()[0]!)
  const report = useSignal<Report | null>(null)
  const error = useSignal<string | null>(null)
  useEffect(() => {
    report.value = error.value = null
    call('GET', '/api/reports/monthly', { query: { month: month.value, lang: language.value } }).then(
      (found) => (report.value = found),
      (failure) => (error.value = worded(failure)),
    )
  }, [month.value, language.value])
  return (
    <section class="stack">
      <label class="row">{words.month}
        <select class="choice" value={month.value} onChange={(event) => (month.value = (event.currentTarget as HTMLSelectElement).value)}>
          {months().map((one) => <option key={one} value={one}>{named(one)}</option>)}
        </select>
      </label>
      {error.value && <p class="problem" role="alert">{error.value}</p>}
      {!report.value && !error.value && <div class="loading" aria-busy="true" />}
      {report.value && <Month report={report.value} />}
    </section>
  )
}

function Month({ report }: { report: Report }) {
  const words = a().usage
  const { figures: now, before } = report
  const { seconds, hours, percent } = t().units
  const plain = (value: string) => value
  const cards: [string, number | null, number | null, (value: string) => string][] = [
    [words.questions, now.questions, before.questions, plain],
    [words.people, now.people, before.people, plain],
    [words.median, now.response_seconds.p50, before.response_seconds.p50, seconds],
    [words.slowest, now.response_seconds.p95, before.response_seconds.p95, seconds],
    [words.hours, now.hours_saved, before.hours_saved, hours],
    [words.useful, useful(now), useful(before), percent],
  ]
  return (
    <>
      <div class="cards">
        {cards.map(([label, value, past, told]) => (
          <Card key={label} label={label} value={value === null ? '–' : told(number(value, 1))}
            below={value !== null && past ? <span class="note">{words.change(told(`${value < past ? '−' : '+'}${number(Math.abs(value - past), 1)}`))}</span> : null} />
        ))}
      </div>
      <Columns title={words.days} points={days(report.month, now.days)} />
      <div class="plots">
        <Shares title={words.outcomes} points={Object.entries(now.outcomes).map(([name, value]) => ({ label: words.outcome[name as 'answered'], value }))} />
        <Shares title={words.departments} points={departments(now.departments)} />
        <Shares title={words.workspaces} points={points(now.workspaces)} />
        <Shares title={words.gpu} points={departments(now.gpu_seconds)} />
        {Object.values(now.costs).some(Boolean) && <Shares title={words.costs} points={departments(now.costs)} />}
      </div>
      <p class="note">{report.formula}</p>
    </>
  )
}

const points = (counts: Record<string, number>) => Object.entries(counts).map(([label, value]) => ({ label, value }))

const departments = (counts: Record<string, number>) =>
  points(counts).map(({ label, value }) => ({ label: label === 'none' ? a().usage.noDepartment : label, value }))

function useful({ opinions }: Figures): number | null {
  const all = opinions.useful + opinions.useless
  return all ? Math.round((100 * opinions.useful) / all) : null
}

/** Every day of the month, those without a question too. */
function days(month: string, counts: Record<string, number>): { label: string; value: number }[] {
  const [year, one] = month.split('-').map(Number) as [number, number]
  const last = new Date(Date.UTC(year, one, 0)).getUTCDate()
  return Array.from({ length: last }, (_, i) => ({ label: String(i + 1), value: counts[`${month}-${String(i + 1).padStart(2, '0')}`] ?? 0 }))
}

/** This month (UTC, as the log counts) and those before it. */
function months(): string[] {
  const now = new Date()
  return Array.from({ length: SHOWN }, (_, i) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - i, 1)).toISOString().slice(0, 7))
}

const named = (month: string): string =>
  new Date(`${month}-01T00:00:00Z`).toLocaleDateString(locale(), { year: 'numeric', month: 'long', timeZone: 'UTC' })
