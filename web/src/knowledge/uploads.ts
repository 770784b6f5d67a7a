import { signal, type Signal } from '@preact/signals'
import { call } from '../core/http.ts'
import type { DocumentBody } from '../core/types.ts'
import { refresh } from './list.ts'
import { Upload } from './upload.ts'

const AT_ONCE = 3
const PAUSE = 3000 // ms until a lost connection is tried again
const OPEN = new Set(['received', 'parsing', 'indexing'])

interface Tally {
  settled: number
  failed: Upload[]
  bad: Upload[]
}

export const uploads: Signal<Upload[]> = signal([])
/** Counted now and then: a list that listens to each of a thousand files is drawn for each of them. */
export const tally: Signal<Tally> = signal({ settled: 0, failed: [], bad: [] })
let running = 0
let timer = 0
let pausing = 0
let counting = 0

export function add(files: { file: File; title: string }[], workspace: string): void {
  uploads.value = [...uploads.value, ...files.map(({ file, title }) => new Upload(file, title, workspace))]
  pump()
}

export function retry(which: Upload[]): void {
  for (const one of which) {
    if (one.stage.value === 'rejected') void one.readAgain().then(soonCounted).then(follow)
    else one.stage.value = 'waiting'
  }
  goOn()
}

export function stop(which: Upload[]): void {
  for (const one of which) one.stop()
  soonCounted()
}

/** What went well first; what went wrong stays until it is alone. */
export function clear(): void {
  const well = (one: Upload) => one.settled && one.problem.value === null
  const some = uploads.value.some(well)
  uploads.value = uploads.value.filter((one) => (some ? !well(one) : !one.settled))
  count()
}

function count(): void {
  counting = 0
  const all = uploads.value
  tally.value = {
    settled: all.filter((one) => one.settled).length,
    failed: all.filter((one) => one.stage.value === 'failed' || one.stage.value === 'stopped'),
    bad: all.filter((one) => one.problem.value !== null),
  }
}

function soonCounted(): void {
  counting ||= window.setTimeout(count, 200)
}

function goOn(): void {
  clearTimeout(pausing)
  pausing = 0
  pump()
}

function pump(): void {
  soonCounted()
  while (running < AT_ONCE && !pausing) {
    const next = uploads.value.find((one) => one.stage.value === 'waiting')
    if (!next) return
    running++
    void next.send().then(() => {
      running--
      if (next.stage.value === 'waiting') pausing ||= window.setTimeout(goOn, PAUSE)
      pump()
      follow()
    })
  }
}

/** Ask the server what became of what was sent, until all is settled; the more there is, the less often. */
function follow(): void {
  const open = uploads.value.filter((one) => OPEN.has(one.stage.value)).length
  timer ||= window.setTimeout(() => void look(), 1000 + 3 * open)
}

async function look(): Promise<void> {
  timer = 0
  const open = uploads.value.filter((one) => one.document && OPEN.has(one.stage.value))
  if (!open.length) return void refresh()
  const states = new Map<string, DocumentBody>()
  try {
    for (const workspace of new Set(open.map((one) => one.workspace))) {
      const found = await call('GET', '/api/documents', { query: { workspace, limit: 500 } })
      for (const one of found.documents) states.set(one.document_id, one)
    }
    // Those that 500 newer ones have pushed out of the page are asked for one by one, some at a time.
    const missing = open.filter((one) => !states.has(one.document!)).slice(0, 20)
    for (const one of missing) {
      states.set(one.document!, await call('GET', '/api/documents/{document}', { path: { document: one.document! } }))
    }
  } catch {
    // Asked again below: the state is the server's, nothing is guessed.
  }
  for (const one of open) {
    const state = states.get(one.document!)
    if (state) one.told(state)
  }
  soonCounted()
  void refresh()
  follow()
}

addEventListener('online', goOn)
addEventListener('beforeunload', (event) => {
  if (uploads.value.some((one) => one.stage.value === 'waiting' || one.stage.value === 'sending')) event.preventDefault()
})
