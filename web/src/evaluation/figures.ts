import type { Passage } from '../core/types.ts'
import type { Question } from './dataset.ts'

export const LEGS = ['fused', 'dense', 'bm25'] as const
export type Leg = (typeof LEGS)[number]
export type Ranks = Record<Leg, number | null>
export type Figures = Record<'recall@1' | 'recall@5' | 'recall@10' | 'mrr' | 'ndcg@10', number>
type Place = Pick<Passage, 'title' | 'page'>

/** Ranks in, shares out: one passage is right for each question. */
export function figures(ranks: (number | null)[]): Figures {
  const all = ranks.length || 1
  const found = ranks.filter((rank): rank is number => rank !== null)
  const share = (sum: number) => Math.round((sum / all) * 10_000) / 10_000
  const within = (most: number) => share(found.filter((rank) => rank <= most).length)
  return {
    'recall@1': within(1), 'recall@5': within(5), 'recall@10': within(10),
    mrr: share(found.reduce((sum, rank) => sum + 1 / rank, 0)),
    'ndcg@10': share(found.reduce((sum, rank) => sum + (rank <= 10 ? 1 / Math.log2(1 + rank) : 0), 0)),
  }
}

/** The titles of a workspace: they say whether a document is named with its folders or without. */
export class Titles {
  #whole: Set<string>
  #last: Set<string>

  constructor(titles: string[]) {
    this.#whole = new Set(titles.map(key))
    this.#last = new Set([...this.#whole].map(last))
  }

  known({ document }: Question): boolean {
    return this.#whole.has(key(document)) || this.#last.has(key(document))
  }

  right(question: Question, place: Place): boolean {
    const wanted = key(question.document)
    const title = key(place.title)
    if (title !== wanted && (this.#whole.has(wanted) || last(title) !== wanted)) return false
    return question.page === null || question.page === place.page
  }

  /** From 1; null where none of them is right. */
  rank(question: Question, found: Place[]): number | null {
    const place = found.findIndex((one) => this.right(question, one))
    return place < 0 ? null : place + 1
  }
}

const key = (title: string): string => title.normalize('NFC')
const last = (title: string): string => title.slice(title.lastIndexOf('/') + 1)
