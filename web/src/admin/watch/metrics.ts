export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

/** Prometheus' text as samples. */
export function samples(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const [, name, labels = '', value] = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line) ?? []
    if (!name || line.startsWith('#')) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map((pair) => [pair[1], pair[2]] as [string, string])
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
}

export interface Handled {
  event: string
  service: string
  count: number
  failed: number
  median: number | null
  p95: number | null
}

/** How often each event was handled, how often it failed, and within which bucket's bound it mostly was. */
export function handled(found: Sample[]): Handled[] {
  const rows = new Map<string, Handled>()
  for (const { labels, value } of found.filter((one) => one.name === 'cloister_events_total')) {
    const { event = '', service = '', outcome } = labels
    const key = `${service}/${event}`
    const row = rows.get(key) ?? { event, service, count: 0, failed: 0, median: null, p95: null }
    row.count += value
    if (outcome !== 'done') row.failed += value
    rows.set(key, row)
  }
  for (const row of rows.values()) {
    const mine = found.filter(({ name, labels }) =>
      name === 'cloister_event_seconds_bucket' && labels['event'] === row.event && labels['service'] === row.service)
    row.median = bound(mine, 0.5)
    row.p95 = bound(mine, 0.95)
  }
  return [...rows.values()].sort((one, other) => other.count - one.count)
}

/** The bound of the first bucket that holds this share of all. */
function bound(buckets: Sample[], share: number): number | null {
  const sorted = buckets
    .map(({ labels, value }) => ({ at: labels['le'] === '+Inf' ? Infinity : Number(labels['le']), value }))
    .sort((one, other) => one.at - other.at)
  const all = sorted.at(-1)?.value ?? 0
  const found = sorted.find(({ value }) => all > 0 && value >= all * share)
  return found && Number.isFinite(found.at) ? found.at : null
}
