import { signal, type Signal } from '@preact/signals'
import { call, Refusal, send, type Told, worded } from '../core/http.ts'
import { t } from '../core/i18n.ts'
import type { Body } from '../core/operations.ts'
import { frames } from '../core/sse.ts'
import type { Answer, Citation, Progress, Source, StoredTurn } from '../core/types.ts'

export type State = 'asking' | 'writing' | 'done' | 'stopped' | 'failed' | 'cut' | 'withheld'
const ENDED: Record<StoredTurn['finish'], State> = { stop: 'done', length: 'done', cancelled: 'stopped', failed: 'failed' }
const PATIENCE = [300, 600, 1200, 2500, 5000, 10_000, 10_000]

/** One question and what came of it so far. */
export class Exchange {
  query: string | null = null
  readonly text = signal('')
  readonly reasoning = signal('')
  readonly progress: Signal<Progress | null> = signal(null)
  readonly sources: Signal<Source[]> = signal([])
  readonly citations: Signal<Citation[]> = signal([])
  readonly state: Signal<State> = signal('asking')
  readonly error: Signal<Refusal | null> = signal(null)
  readonly unfounded: Signal<string[]> = signal([])
  readonly restarted = signal(false)
  /** The line broke, and is not yet back. */
  readonly broken = signal(false)
  readonly model: Signal<string | null | undefined> = signal(undefined)
  /** It was asked, or goes on, while this page is open. */
  live = true
  /** Files that could not be attached before it was asked. */
  without: string[] = []
  readonly useful: Signal<boolean | null> = signal(null)
  #place = ''
  #pending = { text: '', reasoning: '' }
  #frame = 0
  #stopping = false
  question: string

  constructor(question: string) {
    this.question = question
  }

  static stored(turn: StoredTurn): Exchange {
    const found = new Exchange(turn.question)
    found.query = turn.query_id
    found.live = false
    found.text.value = turn.answer ?? ''
    found.citations.value = turn.citations
    found.useful.value = turn.useful
    if (turn.error) found.error.value = new Refusal('failed', turn.error, 0)
    found.state.value = turn.withheld ? 'withheld' : ENDED[turn.finish]
    return found
  }

  /** It failed before the server took it. */
  get unsent(): boolean {
    return this.state.value === 'failed' && this.query === null
  }

  /** The sources that the answer uses, not those that were only found. */
  get used(): Citation[] {
    return this.citations.value.filter((one) => one.used !== false)
  }

  get open(): boolean {
    return this.state.value === 'asking' || this.state.value === 'writing'
  }

  /** Ask, then follow the answer; a line that breaks is taken up again where it broke. */
  async ask(body: Omit<Body<'POST', '/api/chat'>, 'question' | 'stream'>): Promise<void> {
    try {
      const response = await send('POST', '/api/chat', { json: { ...body, question: this.question, stream: true } })
      this.query = response.headers.get('x-query-id')
      if (this.#stopping) void this.stop()
      await this.#follow(response)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Go on reading a question that was asked before, from the last character that was received. */
  async resume(): Promise<void> {
    this.state.value = this.text.value ? 'writing' : 'asking'
    try {
      await this.#follow(null)
    } catch (error) {
      this.#fail(error)
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true // the server may not have named the question yet
    if (!this.query || !this.open) return
    try {
      await call('DELETE', '/api/queries/{query}', { path: { query: this.query } })
    } catch (error) {
      this.#fail(error)
    }
  }

  async judge(useful: boolean, comment = ''): Promise<void> {
    await call('POST', '/api/feedback', { json: { query_id: this.query!, useful, comment, question: this.question } })
    this.useful.value = useful
  }

  async #follow(first: Response | null): Promise<void> {
    let response = first
    for (let attempt = 0; this.open; ) {
      const before = this.#place
      try {
        response ??= await this.#reconnect()
        if (response.body) for await (const frame of frames(response.body)) this.#hear(frame)
      } catch (error) {
        if (error instanceof Refusal && !this.#passes(error)) throw error
      }
      response = null
      if (!this.open) return
      this.broken.value = true
      attempt = this.#place === before ? attempt + 1 : 1
      const pause = PATIENCE[attempt - 1]
      if (pause === undefined) {
        this.state.value = 'cut'
        addEventListener('online', () => this.state.value === 'cut' && void this.resume(), { once: true })
        return
      }
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }

  /** A server that is away or starts anew: what it took it still answers, and finds when it is done. */
  #passes({ status, reason }: Refusal): boolean {
    return status === 0 || status >= 500 || (reason === 'query_not_found' && this.live)
  }

  #reconnect(): Promise<Response> {
    return send('GET', '/api/queries/{query}/events', { path: { query: this.query! }, header: this.#place ? { 'Last-Event-ID': this.#place } : {} })
  }

  #hear({ name, id, data }: { name: string; id: string; data: string }): void {
    const said: unknown = JSON.parse(data)
    this.broken.value = false
    if (id) this.#place = id
    if (name === 'token') this.#add('text', (said as { text: string }).text)
    else if (name === 'reasoning') this.#add('reasoning', (said as { text: string }).text)
    else if (name === 'progress') this.#advance(said as Progress)
    else if (name === 'sources') this.sources.value = (said as { sources: Source[] }).sources
    else if (name === 'restart') this.#restart()
    else if (name === 'answer') this.#finish(said as Answer)
    else if (name === 'error') {
      const told = said as Told
      this.#settle()
      this.error.value = Refusal.of(told, 0)
      this.state.value = told.reason === 'cancelled' ? 'stopped' : 'failed'
    }
  }

  #advance(progress: Progress): void {
    if (progress.query_id) this.query = progress.query_id
    this.progress.value = progress
  }

  /** Drawn once a frame, however many tokens come. A hidden tab has no frames and needs none. */
  #add(part: 'text' | 'reasoning', text: string): void {
    this.#pending[part] += text
    if (document.hidden) this.#settle()
    else this.#frame ||= requestAnimationFrame(() => this.#settle())
  }

  #settle(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    const { text, reasoning } = this.#pending
    this.#pending = { text: '', reasoning: '' }
    if (reasoning) this.reasoning.value += reasoning
    if (!text) return
    this.text.value += text
    if (this.state.value === 'asking') this.state.value = 'writing'
  }

  #restart(): void {
    this.#pending = { text: '', reasoning: '' }
    this.text.value = this.reasoning.value = ''
    this.restarted.value = true
  }

  #finish(answer: Answer): void {
    this.#settle()
    this.query = answer.query_id
    this.text.value = answer.answer
    this.citations.value = answer.citations
    this.model.value = answer.model
    this.unfounded.value = answer.unfounded
    this.state.value = 'done'
  }

  #fail(error: unknown): void {
    this.#settle()
    this.error.value = error instanceof Refusal ? error : new Refusal('failed', worded(error) ?? t().ask.cut, 0)
    this.state.value = 'failed'
  }
}
