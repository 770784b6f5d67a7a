"""Response models for OpenAPI. The types of the web page are generated from them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from shared.events import Action, NamedQueryState, Record, ScheduleState, Source, Usage


class ResponseModel(BaseModel):
    """A body, or a part of one."""

    model_config = ConfigDict(frozen=True)


class Refusal(ResponseModel):
    """Why a call failed: what happened and what to do, a stable code, and what the words tell of names and numbers."""

    error: str
    reason: str
    values: dict[str, str | int] | None = None


class Token(ResponseModel):
    """A token to send as `Authorization: Bearer`."""

    access_token: str
    token_type: str
    expires_in: int


class PasswordChanged(ResponseModel):
    """Whose password it is."""

    username: str


class SignedOutBody(ResponseModel):
    """Whose tokens count no more: the one of the call, or all."""

    signed_out: bool
    username: str
    everywhere: bool


class ScenarioBody(ResponseModel):
    """Instructions for a question; `workspace` is where it is asked unless the question names another."""

    scenario: str
    title: str
    workspace: str | None = None


class ScenarioList(ResponseModel):
    """Those that are open to the caller."""

    scenarios: list[ScenarioBody]


class WorkspaceBody(ResponseModel):
    """A workspace and what the caller may do in it."""

    workspace: str
    title: str
    actions: list[Action]


class Me(ResponseModel):
    """Who the caller is."""

    id: str
    name: str
    kind: Literal["person", "app"]
    groups: list[str]
    roles: list[str]
    workspaces: list[WorkspaceBody]


class CitationBody(ResponseModel):
    """Where an `[n]` comes from."""

    n: int
    document_id: str
    revision: int
    title: str
    page: int
    heading: str
    quote: str
    superseded: bool
    newest: int
    used: bool = True
    data: "RowSetBody | None" = None


class RowColumnBody(ResponseModel):
    """A column of rows; `title` is for people."""

    name: str
    title: str
    unit: str


class RowSetBody(ResponseModel):
    """Rows of a business source: the query as it ran, when, and what came. `more`: the source has others."""

    source: str
    source_title: str
    query: str
    title: str
    statement: str
    parameters: dict[str, str | int | float | None]
    columns: list[RowColumnBody]
    rows: list[list[str | int | float | None]]
    row_count: int
    more: bool
    read_at: datetime
    digest: str
    plot: str
    query_id: str | None = None


class NamedQueriesBody(ResponseModel):
    """The named queries that the caller may use."""

    queries: list[NamedQueryState]


class SchedulesBody(ResponseModel):
    """The caller's scheduled questions."""

    schedules: list[ScheduleState]


class Answer(ResponseModel):
    """The answer of a question."""

    answer: str
    query_id: str
    citations: list[CitationBody]
    model: str | None
    usage: Usage
    unfounded: list[str]


class QueryState(ResponseModel):
    """Where a question is; the answer's fields once it is answered."""

    query_id: str
    state: str
    position: int | None = None
    wait_seconds: float | None = None
    sources: list[Source] = []
    answer: str | None = None
    citations: list[CitationBody] | None = None


class PlaceBody(ResponseModel):
    """A document whose title fits, or a heading in it (`heading`) that does, with its page."""

    document_id: str
    revision: int
    title: str
    workspace: str
    page: int
    heading: str


class PlaceList(ResponseModel):
    """Titles first, then headings."""

    places: list[PlaceBody]


class PassageBody(ResponseModel):
    """A passage; `legs` are the raw scores of what found it."""

    document_id: str
    revision: int
    title: str
    page: int
    heading: str
    text: str
    score: float
    legs: dict[str, float]


class Passages(ResponseModel):
    """Best first."""

    passages: list[PassageBody]
    absent: list[str]


class ConversationItem(ResponseModel):
    """A conversation in the list."""

    conversation: str
    title: str
    pinned: bool
    turns: int
    updated_at: datetime


class ConversationList(ResponseModel):
    """Some of `total`."""

    conversations: list[ConversationItem]
    total: int


class StoredTurn(ResponseModel):
    """A question and how it ended; `withheld` when its answer cites what is no longer open."""

    query_id: str
    question: str
    answer: str | None
    citations: list[CitationBody]
    finish: Literal["stop", "length", "cancelled", "failed"]
    error: str | None
    withheld: bool
    useful: bool | None
    asked_at: datetime


class PendingTurn(ResponseModel):
    """A question that is under way."""

    query_id: str
    question: str


class ConversationDetail(ResponseModel):
    """A conversation with its turns, oldest first."""

    conversation: str
    title: str
    pinned: bool
    updated_at: datetime
    turns: list[StoredTurn]
    pending: list[PendingTurn]


class Conversation(ResponseModel):
    """A conversation without its turns."""

    conversation: str
    title: str
    pinned: bool
    updated_at: datetime


class Deleted(ResponseModel):
    """What is gone."""

    conversation: str


class FeedbackBody(ResponseModel):
    """What was kept of an opinion."""

    query_id: str
    useful: bool
    comment: str


class OpinionBody(ResponseModel):
    """An opinion as managers learn of it: not whose it is."""

    query_id: str
    question: str
    workspaces: list[str]
    title: str | None
    page: int | None
    useful: bool
    comment: str
    at: datetime


class Opinions(ResponseModel):
    """Newest first."""

    feedback: list[OpinionBody]


class User(ResponseModel):
    """A local account."""

    model_config = ConfigDict(extra="allow")

    username: str
    groups: list[str]
    roles: list[str]
    locked: bool | None = None


class Users(ResponseModel):
    """Those that the caller may see."""

    users: list[User]


class Grant(ResponseModel):
    """Who may do what in a workspace."""

    model_config = ConfigDict(extra="allow")

    grant_id: str
    workspace: str
    to: str
    actions: list[Action]
    deny: bool | None = None


class Grants(ResponseModel):
    """Those that the caller may see."""

    grants: list[Grant]


class Workspaces(ResponseModel):
    """Those that the caller may see."""

    workspaces: list[WorkspaceBody]


class Key(ResponseModel):
    """An API key without its secret."""

    model_config = ConfigDict(extra="allow")

    name: str
    workspaces: list[str]
    scopes: list[Action] | None = None
    bus: bool | None = None
    expires_at: int | None = None
    used_at: int | None = None
    origins: list[str] | None = None
    owner: str | None = None


class Keys(ResponseModel):
    """Those that the caller may see."""

    keys: list[Key]


LISTS: dict[str, type[ResponseModel]] = {"user": Users, "workspace": Workspaces, "grant": Grants, "key": Keys}


class AuditRecords(ResponseModel):
    """Records in order, and the newest number there is."""

    records: list[Record]
    last: int


class LogKey(ResponseModel):
    """The audit log's public key (C2SP vkey)."""

    vkey: str


class Inclusion(ResponseModel):
    """Hashes (base64) from the leaf upwards, and the signed checkpoint that they lead to."""

    seq: int
    leaf_index: int
    leaf_hash: str
    proof: list[str]
    checkpoint: str


class Consistency(ResponseModel):
    """Hashes (base64) that prove that the checkpoint's tree begins with that of `first` records."""

    first: int
    proof: list[str]
    checkpoint: str
