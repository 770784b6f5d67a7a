"""Every message, in the order of the two journeys. One class is one subject; a published one never changes meaning."""

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

Lane = Literal["interactive", "system", "batch"]
Action = Literal["ask", "read", "write", "manage"]
Kind = Literal["user", "workspace", "grant", "key"]
Status = Literal["received", "parsing", "indexing", "indexed", "rejected", "removed"]


class Part(BaseModel):
    """A piece of a message. Unknown fields are ignored, so that older readers meet newer writers."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """A fact, published on `subject`; `{field}` in it is filled from the event."""

    subject: ClassVar[str]
    heard_as: ClassVar[str]

    def __init_subclass__(cls, subject: str = "", heard_as: str = "", **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if subject:
            cls.subject, cls.heard_as = subject, heard_as or subject

    def address(self) -> str:
        """The subject with the event's own fields filled in."""
        return self.subject.format_map(self.__dict__)

    def identity(self) -> str | None:
        """What makes two publications the same event (JetStream then keeps one); None when each is its own."""
        return None


class Request(Part):
    """A question between services, answered at once with `Reply`; never stored."""

    subject: ClassVar[str]
    reply: ClassVar[type[BaseModel]]

    def __init_subclass__(cls, subject: str = "", reply: type[BaseModel] | None = None, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if reply is not None:
            cls.subject, cls.reply = subject, reply


class Refusal(Part):
    """The reply to a request that was refused."""

    error: str
    reason: str
    status: int


# --- who asks, and what they may ------------------------------------------------------------------------------------


class Principal(Part):
    """Who: `person:alice` or `app:crm`. `department` is the first group, for a fair queue."""

    id: str
    name: str
    department: str = ""
    roles: tuple[str, ...] = ()


class Credential(Part):
    """What a caller proves itself with: a bearer token or API key, or the name the bus itself has checked."""

    token: str = Field(default="", repr=False)
    user_id: str = ""
    client: str = ""


class Admitted(Part):
    """Who it is, the workspaces they may act in, and the signed right to do so until `expires_at`."""

    principal: Principal
    workspaces: tuple[str, ...]
    capability: str = Field(repr=False)
    expires_at: datetime


class Admit(Request, subject="auth.admit.v1", reply=Admitted):
    """May this credential do `action` (in `workspace`, or wherever it may)? The capability is bound to `query`."""

    query: str
    credential: Credential
    on_behalf_of: str = Field(default="", repr=False)
    workspace: str | None = None
    action: Action = "ask"
    expires_at: datetime


class SignedIn(Part):
    """A token for `Authorization: Bearer`; `expires_in` seconds."""

    access_token: str = Field(repr=False)
    token_type: str = "bearer"  # noqa: S105
    expires_in: int


class SignIn(Request, subject="auth.sign_in.v1", reply=SignedIn):
    """A local account's name and password."""

    username: str
    password: str = Field(repr=False)


class Item(Part):
    """One user, workspace, grant or key as the caller may see it; `fields` as DESIGN §7 names them."""

    fields: dict[str, Any]


class Items(Part):
    """A list of them."""

    items: tuple[Item, ...]


class Create(Request, subject="auth.create.v1", reply=Item):
    """Make a user, workspace, grant or key; `fields` are checked by auth against the kind's own model."""

    credential: Credential
    kind: Kind
    fields: dict[str, Any] = Field(repr=False)


class List(Request, subject="auth.list.v1", reply=Items):
    """All of a kind that the caller may see. `me` lists the caller alone."""

    credential: Credential
    kind: Kind | Literal["me"]


class Remove(Request, subject="auth.remove.v1", reply=Item):
    """Take one away by its name or id."""

    credential: Credential
    kind: Kind
    name: str


class AccessChanged(Event, subject="access.changed.v1"):
    """An administrator's act: who did what to what."""

    actor: str
    act: str
    target: str
    detail: dict[str, Any] = {}


class AccessAttempted(Event, subject="access.attempted.v1"):
    """A sign-in, with its outcome."""

    who: str
    outcome: Literal["signed_in", "refused"]
    reason: str = ""


# --- a document's journey -------------------------------------------------------------------------------------------


class DocumentState(Part):
    """What is known of a document and its newest revision. `reason` says in words why it was rejected."""

    document_id: str
    revision: int
    title: str
    workspace: str
    status: Status
    reason: str | None = None
    pages: int | None = None
    chunks: int | None = None
    size: int = 0
    media_type: str = ""
    object: str = ""
    created_at: datetime | None = None
    effective: datetime | None = None
    expires: datetime | None = None


class DocumentStates(Part):
    """A page of them, newest first."""

    documents: tuple[DocumentState, ...]
    total: int


class Receive(Request, subject="ingestion.receive.v1", reply=DocumentState):
    """Bytes already in the object store under `object` become a document, or a revision of the one of this title."""

    capability: str = Field(repr=False)
    query: str
    workspace: str
    title: str
    object: str
    sha256: str
    size: int
    effective: datetime | None = None
    expires: datetime | None = None


class Describe(Request, subject="ingestion.describe.v1", reply=DocumentStates):
    """One document, or those of the capability's workspaces (of `workspace` alone, when given)."""

    capability: str = Field(repr=False)
    query: str
    document_id: str | None = None
    workspace: str | None = None
    limit: int = 100
    offset: int = 0


class Amend(Request, subject="ingestion.amend.v1", reply=DocumentState):
    """Change a document's title or dates, without a new revision."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    title: str | None = None
    effective: datetime | None = None
    expires: datetime | None = None


class Discard(Request, subject="ingestion.discard.v1", reply=DocumentState):
    """Delete a document: row, bytes, chunks and vectors."""

    capability: str = Field(repr=False)
    query: str
    document_id: str


class DocumentEvent(Event):
    """What all events of a document's journey name."""

    document_id: str
    revision: int
    workspace: str
    title: str

    def identity(self) -> str | None:
        return f"{self.subject}:{self.document_id}:{self.revision}"


class DocumentUploaded(DocumentEvent, subject="document.uploaded.v1"):
    """The bytes are kept under `object`."""

    object: str
    sha256: str
    size: int
    uploaded_by: str


class Chunk(Part):
    """A stored piece of a revision. `page` counts from 1; `start` and `end` are characters of the page's text."""

    n: int
    text: str
    page: int
    heading: tuple[str, ...] = ()
    start: int = 0
    end: int = 0


class DocumentChunked(DocumentEvent, subject="document.chunked.v1"):
    """Chunks of a revision: batch `batch` (from 0) of `batches`, at most 64 chunks each."""

    batch: int
    batches: int
    pages: int
    chunks: tuple[Chunk, ...]
    effective: datetime | None = None
    expires: datetime | None = None

    def identity(self) -> str | None:
        return f"{self.subject}:{self.document_id}:{self.revision}:{self.batch}"


class DocumentIndexed(DocumentEvent, subject="document.indexed.v1"):
    """The whole revision can be found, and the one before it no longer."""

    pages: int
    chunks: int


class DocumentRejected(DocumentEvent, subject="document.rejected.v1"):
    """It cannot be read: `error` says why and what to do, `reason` is a stable code."""

    error: str
    reason: str


class DocumentAmended(DocumentEvent, subject="document.amended.v1"):
    """Its title or dates changed, its text did not."""

    effective: datetime | None = None
    expires: datetime | None = None

    def identity(self) -> str | None:
        return None


class DocumentRemoved(DocumentEvent, subject="document.removed.v1"):
    """Nobody may find it any more."""


# --- a question's journey -------------------------------------------------------------------------------------------


class Ask(Event, subject="ask.{client}"):
    """A business system's question as published in EDGE. Who asks is the subject, which the server enforces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client: str = ""
    question: str
    workspace: str | None = None
    key: str | None = None
    lane: Lane = "system"
    on_behalf_of: str = Field(default="", repr=False)


class Turn(Part):
    """An earlier exchange of the same conversation."""

    question: str
    answer: str


class QueryEvent(Event):
    """What all events of a query's journey name. `client` hears the answer: `gateway`, or a business system."""

    query: str
    client: str

    def identity(self) -> str | None:
        return f"{self.subject}:{self.query}"


class QueryAsked(QueryEvent, subject="query.asked.v1"):
    """Someone admitted asks. After `expires_at` nobody waits any more."""

    principal: Principal
    capability: str = Field(repr=False)
    question: str
    workspace: str | None = None
    lane: Lane = "interactive"
    expires_at: datetime
    asked_at: datetime
    model: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    history: tuple[Turn, ...] = ()
    key: str | None = None


class Passage(Part):
    """A retrieved chunk. `score` is the fused one in 0..1; `legs` the raw score of each leg that found it."""

    document_id: str
    revision: int
    workspace: str
    title: str
    chunk: int
    page: int
    heading: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    text: str
    score: float
    legs: dict[str, float] = {}


class QueryGrounded(QueryAsked, subject="query.grounded.v1"):
    """The passages that may hold the answer, best first; none when nothing is evidence enough."""

    passages: tuple[Passage, ...]

    @classmethod
    def of(cls, asked: QueryAsked, passages: tuple[Passage, ...]) -> Self:
        return cls(**{name: getattr(asked, name) for name in QueryAsked.model_fields}, passages=passages)


class QueryReady(QueryGrounded, subject="query.ready.v1.{pool}"):
    """A worker of `pool` may take it now."""

    pool: str

    @classmethod
    def to(cls, grounded: QueryGrounded, pool: str) -> Self:
        return cls(**{name: getattr(grounded, name) for name in QueryGrounded.model_fields}, pool=pool)


class QueryCancelled(QueryEvent, subject="query.cancelled.v1"):
    """Who asked no longer wants to know."""

    by: str


class QueryStreamed(QueryEvent, subject="stream.{client}.{query}"):
    """What happens on the way, live and never stored. A higher `attempt` starts the text anew; `n` counts within it."""

    kind: Literal["progress", "token", "reasoning"]
    attempt: int = 1
    n: int = 0
    text: str = ""
    stage: Literal["asked", "grounded", "waiting", "answering"] | None = None
    position: int | None = None
    wait_seconds: float | None = None

    def identity(self) -> str | None:
        return None


class Citation(Part):
    """Where an answer's `[n]` comes from."""

    n: int
    document_id: str
    revision: int
    workspace: str = ""
    title: str
    page: int
    heading: str = ""
    quote: str
    start: int = 0
    end: int = 0


class Usage(Part):
    """Tokens as the engine counted them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0


class QueryAnswered(QueryEvent, subject="answer.{client}.{query}", heard_as="answered.{client}.{query}"):
    """How the query ended, stored once and signed by who wrote it: an answer, or `error`, `reason` and `status`."""

    principal: str = ""
    key: str | None = None
    answer: str | None = None
    citations: tuple[Citation, ...] = ()
    model: str | None = None
    usage: Usage = Usage()
    finish: Literal["stop", "length", "cancelled"] | None = None
    error: str | None = None
    reason: str | None = None
    status: int = 200
    attempt: int = 1
    answered_at: datetime

    def identity(self) -> str | None:
        return None


class Located(Part):
    """Where a query is: its stage, its place in the queue (from 1) and the expected wait in seconds."""

    stage: Literal["unknown", "waiting", "answering"]
    position: int | None = None
    wait_seconds: float | None = None


class Locate(Request, subject="dispatch.locate.v1", reply=Located):
    """Where is this query?"""

    query: str


class Found(Part):
    """Passages, best first."""

    passages: tuple[Passage, ...]


class Search(Request, subject="retrieval.search.v1", reply=Found):
    """The passages alone, no model asked."""

    query: str
    capability: str = Field(repr=False)
    question: str
    limit: int = 10


class Embedded(Part):
    """One vector a text, normalised, with the model that made them."""

    model: str
    vectors: tuple[tuple[float, ...], ...]


class Embed(Request, subject="retrieval.embed.v1", reply=Embedded):
    """Texts to vectors, for /v1/embeddings."""

    texts: tuple[str, ...]


class ModelNames(Part):
    """The models that can be asked for."""

    models: tuple[str, ...]


class ListModels(Request, subject="inference.list_models.v1", reply=ModelNames):
    """What can answer?"""


class WorkerSeen(Event, subject="worker.seen.v1"):
    """A worker's heartbeat (core, unstored): `held` are the acknowledgement subjects of what it works on now."""

    worker: str
    connection: str
    pool: str
    slots: int
    held: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    leaving: bool = False


# --- what gave up, and the record ------------------------------------------------------------------------------------


class StepFailed(Event, subject="failed.{service}"):
    """A step gave up on a message: expected (`Refused`) or after all attempts. `about` is the query or document."""

    service: str
    event: str
    about: str = ""
    client: str = ""
    error: str
    reason: str
    status: int = 500
    attempts: int = 1
    principal: str = ""
    key: str | None = None

    def identity(self) -> str | None:
        return f"{self.subject}:{self.service}:{self.event}:{self.about}" if self.about else None


class Record(Part):
    """One row of the trail. `digest` commits to the event's bytes with a salt kept apart."""

    seq: int
    at: datetime
    stream: str
    stream_seq: int
    subject: str
    event_id: str
    source: str
    about: str
    principal: str
    size: int
    digest: str


class Records(Part):
    """Rows in order, and the newest number there is."""

    records: tuple[Record, ...]
    last: int


class ReadTrail(Request, subject="trail.read.v1", reply=Records):
    """Rows after `after`; the capability must carry the role `auditor` or `admin`."""

    capability: str = Field(repr=False)
    query: str
    after: int = 0
    about: str | None = None
    limit: int = 500


def query_id(client: str, key: str) -> str:
    """The id both sides derive from a client's idempotency key: 32 hex digits."""
    return hashlib.sha256(f"{client}\0{key}".encode()).hexdigest()[:32]


EVENTS: tuple[type[Event], ...] = (
    AccessChanged, AccessAttempted,
    DocumentUploaded, DocumentChunked, DocumentIndexed, DocumentRejected, DocumentAmended, DocumentRemoved,
    Ask, QueryAsked, QueryGrounded, QueryReady, QueryCancelled, QueryStreamed, QueryAnswered,
    WorkerSeen, StepFailed,
)  # fmt: skip
