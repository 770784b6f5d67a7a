import assert from 'node:assert/strict'
import { test } from 'node:test'
import { handled, samples } from './metrics.ts'

const TEXT = `# HELP cloister_events_total Handled.
cloister_events_total{event="a.v1",outcome="done",service="auth"} 19.0
cloister_events_total{event="a.v1",outcome="failed",service="auth"} 1.0
cloister_event_seconds_bucket{event="a.v1",le="0.1",service="auth"} 12.0
cloister_event_seconds_bucket{event="a.v1",le="2.0",service="auth"} 19.0
cloister_event_seconds_bucket{event="a.v1",le="+Inf",service="auth"} 20.0
cloister_index_share 1.0
`

test('events are counted, and their times bounded by buckets', () => {
  assert.deepEqual(handled(samples(TEXT)), [{ event: 'a.v1', service: 'auth', count: 20, failed: 1, median: 0.1, p95: 2 }])
})

test('a sample without labels is one too', () => {
  assert.deepEqual(samples(TEXT).at(-1), { name: 'cloister_index_share', labels: {}, value: 1 })
})
