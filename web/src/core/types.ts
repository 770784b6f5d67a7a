export interface Workspace {
  workspace: string
  title: string
  actions: string[]
}

export interface Me {
  id: string
  name: string
  kind: string
  groups: string[]
  roles: string[]
  workspaces: Workspace[]
}

export interface Citation {
  n: number
  document_id: string
  revision: number
  title: string
  page: number
  heading: string
  quote: string
  superseded?: boolean
  newest?: number
}

export interface Answer {
  answer: string
  query_id: string
  citations: Citation[]
  model: string | null
}

export interface Progress {
  stage: string | null
  position?: number | null
  wait_seconds?: number | null
  query_id?: string
  sources?: Source[]
}

export interface ConversationItem {
  conversation: string
  title: string
  pinned: boolean
  turns: number
  updated_at: string
}

export interface StoredTurn {
  query_id: string
  question: string
  answer: string | null
  citations: Citation[]
  finish: string | null
  withheld: boolean
  asked_at: string
  useful: boolean | null
}

export interface Source {
  document_id: string
  revision: number
  title: string
  page: number
  heading: string
}

export interface ConversationList {
  conversations: ConversationItem[]
  total: number
}

export interface ConversationDetail {
  conversation: string
  title: string
  pinned: boolean
  turns: StoredTurn[]
  pending: { query_id: string; question: string; asked_at: string }[]
}

export interface RevisionBody {
  document_id: string
  revision: number
  title: string
  size: number
  status: string
  pages: number | null
  superseded: boolean
  newest: number | null
  by: string
  at: string
  reason: string | null
  kept: boolean
  current: boolean
}

export interface PageText {
  text: string
  pages: number | null
  start?: number | null
  end?: number | null
}
