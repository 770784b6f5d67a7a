import type { components } from './api.d.ts'

// Made from the gateway's OpenAPI: a change there that breaks the page fails the type check.
type Schemas = components['schemas']

export type Me = Schemas['Me']
export type UserSession = Schemas['UserSession']
export type SessionState = Schemas['SessionState']
export type Workspace = Schemas['WorkspaceBody']
/** Places that the page itself opens say nothing of their use. */
export type Citation = Omit<Schemas['CitationBody'], 'used'> & { used?: boolean }
export type Answer = Schemas['Answer']
export type Source = Schemas['Source']
export type Passage = Schemas['PassageBody']
export type ConversationItem = Schemas['ConversationItem']
export type StoredTurn = Schemas['StoredTurn']
export type Folder = Schemas['Folder']
export type Scenario = Schemas['ScenarioBody']
export type StartingPoint = Schemas['StartingPoint']
export type Attachment = Schemas['Attachment']
export type SharedConversation = Schemas['SharedConversation']
export type SharedDetail = Schemas['SharedDetail']
export type DocumentBody = Schemas['Document']
export type RevisionBody = Schemas['OneRevision']
export type RevisionList = Schemas['RevisionList']
export type PageText = Schemas['PageText']
export type Why = Schemas['DocumentWhy']
export type User = Schemas['User']
export type GrantWhy = Schemas['GrantWhy']
export type Grant = Schemas['Grant']
export type Key = Schemas['Key']
export type Alert = Schemas['Alert']
export type Ban = Schemas['Ban']
export type Topic = Schemas['Topic']
export type Role = Schemas['Role']
export type DirectoryState = Schemas['DirectoryState']
export type PoolState = Schemas['PoolState']
export type SourceState = Schemas['SourceState']
export type Report = Schemas['Report']
export type Limit = Schemas['Limit']
export type Offboarded = Schemas['Offboarded']
export type AuditRow = Schemas['Record']
export type NamedQuery = Schemas['NamedQueryState']
export type Parameter = Schemas['ParameterState']
export type RowSet = Schemas['RowSetBody']
export type Schedule = Schemas['ScheduleState']
export type ToldOpinion = Schemas['OpinionBody']

export interface Progress {
  stage: string | null
  position?: number | null
  wait_seconds?: number | null
  searches?: string[]
  query_id?: string
}
