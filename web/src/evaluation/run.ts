import { signal, type Signal } from '@preact/signals'
import { call, worded } from '../core/http.ts'
import type { Passage } from '../core/types.ts'
import type { Question } from './dataset.ts'
import { figures, type Leg, LEGS, type Ranks, Titles } from './figures.ts'

const DEPTH = 50 // the most that a search gives
const AT_ONCE = 3
const PAGE = 500

/** One question, measured: at which ranks its document came, what came first, and whether the answer cites it. */
export interface Row extends Question {
  known: boolean
  ranks: Ranks
  first: Pick<Passage, 'title' | 'page' | 'text'> | null
  answer: { cites: boolean; seconds: number; error: string | null } | null
}

/** A run over a set of questions in one workspace. */
export class Run {
  /** In the order in which they were measured. */
  readonly rows: Signal<Row[]> = signal([])
  readonly error: Signal<string | null> = signal(null)
  readonly going = signal(true)
  readonly begun = new Date()
  #stop = new AbortController()

  constructor(
    readonly questions: Question[],
    readonly workspace: string,
    readonly answers: boolean,
  ) {}

  async go(): Promise<void> {
    try {
      const titles = new Titles(await titlesOf(this.workspace, this.#stop.signal))
      const left = [...this.questions]
      const work = async () => {
        for (let next = left.shift(); next; next = left.shift()) {
          const row = await this.#one(next, titles)
          this.rows.value = [...this.rows.value, row]
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, work))
    } catch (failure) {
      this.error.value = worded(failure)
      this.#stop.abort()
    }
    this.going.value = false
  }

  stop(): void {
    this.#stop.abort()
  }

  async #one(question: Question, titles: Titles): Promise<Row> {
    const search = (leg: Leg) => call('POST', '/api/search', {
      json: { question: question.question, workspace: this.workspace, limit: DEPTH, leg }, signal: this.#stop.signal,
    })
    const found = await Promise.all(LEGS.map(search))
    const ranks = Object.fromEntries(LEGS.map((leg, i) => [leg, titles.rank(question, found[i]!.passages)])) as Ranks
    const [first] = found[0]!.passages
    const answer = this.answers ? await this.#asked(question, titles) : null
    return { ...question, known: titles.known(question), ranks, first: first ? { title: first.title, page: first.page, text: first.text } : null, answer }
  }

  /** In the lane of batches: people go first. A question that is refused is a row with its reason. */
  async #asked(question: Question, titles: Titles): Promise<Row['answer']> {
    const begun = performance.now()
    const seconds = () => Math.round(performance.now() - begun) / 1000
    try {
      const { citations } = await call('POST', '/api/chat', {
        json: { question: question.question, workspace: this.workspace, lane: 'batch' }, signal: this.#stop.signal,
      })
      return { cites: citations.some((one) => titles.right(question, one)), seconds: seconds(), error: null }
    } catch (failure) {
      if (this.#stop.signal.aborted) throw failure
      return { cites: false, seconds: seconds(), error: worded(failure) }
    }
  }
}

/** As `cloister evaluate --json` writes it, so that `--against` reads it. */
export function asResult(run: Run): Record<string, unknown> {
  const rows = [...run.rows.value].sort((one, other) => one.line - other.line)
  const languages = [...new Set(rows.map((one) => one.language))].sort()
  const of = (part: Row[], leg: (typeof LEGS)[number]) => figures(part.map((one) => one.ranks[leg]))
  const legs = LEGS.map((leg) => [leg, Object.fromEntries([['all', of(rows, leg)], ...languages.map((name) => [name, of(rows.filter((one) => one.language === name), leg)])])])
  return {
    workspace: run.workspace, at: run.begun.toISOString(), near: 0, questions: rows.length,
    without_hit: rows.filter((one) => one.ranks.fused === null).length,
    unknown_documents: [...new Set(rows.filter((one) => !one.known).map((one) => one.document))].sort(),
    languages: Object.fromEntries(languages.map((name) => [name, rows.filter((one) => one.language === name).length])),
    legs: Object.fromEntries(legs), rows,
  }
}

async function titlesOf(workspace: string, signal: AbortSignal): Promise<string[]> {
  const titles: string[] = []
  for (let offset = 0; ; offset += PAGE) {
    const found = await call('GET', '/api/documents', { query: { workspace, limit: PAGE, offset }, signal })
    titles.push(...found.documents.map((one) => one.title))
    if (found.documents.length < PAGE) return titles
  }
}
