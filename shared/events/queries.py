"""Events of a question's journey."""

import hashlib
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field

from shared.events.access import Principal
from shared.events.data import Fragment, NamedCall, RowSet
from shared.events.message import Event, Model
from shared.events.moment import Moment
from shared.events.text import Label, Quote, Title

Lane = Literal["interactive", "system", "batch"]


class Ask(Event, subject="ask.{client}"):
    """A business system's question as published in EDGE. Who asks is the subject, which the server enforces."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    client: str = ""
    question: str
    workspace: str | None = None
    workspaces: tuple[str, ...] = Field((), max_length=50)
    key: str | None = None
    lane: Lane = "system"
    on_behalf_of: str = Field(default="", repr=False)
    named_query: str | None = Field(None, max_length=64)
    parameters: dict[str, Any] = Field(default_factory=dict)
    data: dict[str, Any] = Field(default_factory=dict, repr=False)
    response_format: dict[str, Any] | None = None


class Provenance(Model):
    """A document or a reading of business data that an answer was made from, whether the answer cites it or not."""

    document_id: str
    workspace: str


class Turn(Model):
    """An earlier exchange of the same conversation, and what its answer was made from."""

    question: str
    answer: str
    documents: tuple[Provenance, ...] = ()


class QueryEvent(Event):
    """What all events of a query's journey name. `client` hears the answer: `gateway`, or a business system."""

    query: str
    client: str

    def identity(self) -> str | None:
        return f"{self.subject}:{self.query}"


Purpose = Literal["question", "helper"]


class QueryAsked(QueryEvent, subject="query.asked.v1"):
    """Someone admitted asks. After `expires_at` nobody waits any more.

    `instructions` are the caller's own and stand below ours. A `plain` one goes to the model without documents; a
    `helper` is a front end's prompt (a title, tags) and no question of a person.
    """

    principal: Principal
    capability: str = Field(repr=False)
    question: str
    workspace: str | None = None
    workspaces: tuple[str, ...] = ()
    lane: Lane = "interactive"
    expires_at: Moment
    asked_at: Moment
    model: str | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    history: tuple[Turn, ...] = ()
    key: str | None = None
    named: NamedCall | None = None
    fragments: tuple[Fragment, ...] = ()
    answer_schema: dict[str, Any] | None = None
    instructions: str = Field("", repr=False)
    stop: tuple[str, ...] = ()
    top_p: float | None = None
    seed: int | None = None
    plain: bool = False
    purpose: Purpose = "question"


class Passage(Model):
    """A retrieved chunk. `score` is the fused one in 0..1; `legs` the raw score of each leg that found it."""

    document_id: str
    revision: int
    workspace: str
    title: Title
    chunk: int
    page: int
    heading: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    text: str
    score: float
    legs: dict[str, float] = Field(default_factory=dict)
    data: RowSet | None = None


class QueryRouted(QueryAsked, subject="query.routed.v1"):
    """Documents are wanted; `rows` were read from business sources already. `notes` are for the end of the answer."""

    rows: tuple[Passage, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, asked: QueryAsked, rows: tuple[Passage, ...] = (), notes: tuple[str, ...] = ()) -> Self:
        return cls(**_asked(asked), rows=rows, notes=notes)


def _asked(asked: QueryAsked) -> dict[str, Any]:
    """A question's fields for the next step; fragments are passages by then."""
    return {name: getattr(asked, name) for name in QueryAsked.model_fields if name != "fragments"}


class QueryExecuted(QueryEvent, subject="query.executed.v1"):
    """A business source was read for `principal`: the query and how many rows, never the rows themselves."""

    principal: Principal
    source: str
    name: str
    statement: str
    row_count: int
    digest: str
    seconds: float

    def identity(self) -> str | None:
        return f"{self.subject}:{self.query}:{self.source}:{self.name}:{self.digest}"


class QueryGrounded(QueryAsked, subject="query.grounded.v1"):
    """The passages that may hold the answer, best first; none when nothing is evidence enough.

    `searched` is what was looked for when the question alone says too little: with what it refers to.
    """

    passages: tuple[Passage, ...]
    searched: str = ""
    notes: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The question with what it refers to; never shown to anybody."""
        return self.searched or self.question

    @classmethod
    def of(
        cls, asked: QueryAsked, passages: tuple[Passage, ...], searched: str = "", notes: tuple[str, ...] = ()
    ) -> Self:
        kept = _asked(asked)
        return cls(**kept, passages=passages, searched="" if searched == asked.question else searched, notes=notes)


class Shown(Model):
    """A passage that somebody was shown, without its text."""

    document_id: str
    revision: int
    workspace: str
    page: int
    chunk: int


class QuerySearched(QueryEvent, subject="query.searched.v1"):
    """Someone admitted looked for passages in `workspaces`; kept before they see what was found."""

    principal: Principal
    question: str
    workspaces: tuple[str, ...]
    passages: tuple[Shown, ...]

    @classmethod
    def of(
        cls, query: str, principal: Principal, question: str, workspaces: tuple[str, ...], found: tuple[Passage, ...]
    ) -> Self:
        shown = tuple(Shown(**passage.model_dump(include=set(Shown.model_fields))) for passage in found)
        about = {"client": "gateway", "principal": principal, "question": question, "workspaces": workspaces}
        return cls(query=query, passages=shown, **about)


class QueryReady(QueryGrounded, subject="query.ready.v1.{pool}"):
    """A worker of `pool` may take it now."""

    pool: str

    @classmethod
    def to(cls, grounded: QueryGrounded, pool: str) -> Self:
        return cls(**{name: getattr(grounded, name) for name in QueryGrounded.model_fields}, pool=pool)


class QueryCancelled(QueryEvent, subject="query.cancelled.v1"):
    """Who asked no longer wants to know."""

    by: str


class Source(Model):
    """A page that a passage was found on, best first, before anything is written of it."""

    document_id: str
    revision: int
    title: Label
    page: int
    heading: Label = ""


class QueryStreamed(QueryEvent, subject="stream.{client}.{query}"):
    """What happens on the way, live and never stored. A higher `attempt` starts the text anew; `n` counts within it."""

    kind: Literal["progress", "token", "reasoning"]
    attempt: int = 1
    n: int = 0
    text: str = ""
    stage: Literal["asked", "planned", "grounded", "waiting", "answering"] | None = None
    searches: tuple[str, ...] = ()
    position: int | None = None
    wait_seconds: float | None = None
    sources: tuple[Source, ...] = ()

    def identity(self) -> str | None:
        return None


class Citation(Model):
    """Where an answer's `[n]` comes from; what is not `used` was found beside the sources and is none."""

    n: int
    document_id: str
    revision: int
    workspace: str = ""
    title: Label
    page: int
    heading: Label = ""
    quote: Quote
    start: int = 0
    end: int = 0
    data: RowSet | None = None
    used: bool = True


class Usage(Model):
    """Tokens as the engine counted them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0


class QueryAnswered(QueryEvent, subject="answer.{client}.{query}", heard_as="answered.{client}.{query}"):
    """How the query ended, stored once and signed by who wrote it: an answer, or `error`, `reason`, `status`, `values`.

    `documents` are all of its prompt and its history; of `summarised` workspaces it quotes nothing.
    `unfounded` are figures of the answer that stand in no passage.
    `model_digest` is the model's own hash where the engine tells one; `settings` are what it was run with.
    """

    principal: str = ""
    key: str | None = None
    answer: str | None = None
    citations: tuple[Citation, ...] = ()
    documents: tuple[Provenance, ...] = ()
    summarised: tuple[str, ...] = ()
    model: str | None = None
    model_digest: str = ""
    settings: dict[str, float] = Field(default_factory=dict)
    prompt: str = ""
    usage: Usage = Usage()
    finish: Literal["stop", "length", "cancelled"] | None = None
    unfounded: tuple[str, ...] = ()
    error: str | None = None
    reason: str | None = None
    status: int = 200
    values: dict[str, str | int] = Field(default_factory=dict)
    attempt: int = 1
    answered_at: Moment

    def identity(self) -> str | None:
        return None

    @property
    def made_from(self) -> tuple[Provenance, ...]:
        """What it was made from; of an answer that does not say so, what it cites."""
        cited = (
            Provenance(document_id=one.document_id, workspace=one.workspace)
            for one in self.citations
            if one.document_id
        )
        return tuple(dict.fromkeys([*self.documents, *cited]))


def query_id(client: str, key: str) -> str:
    """The id both sides derive from a client's idempotency key: 32 hex digits."""
    return hashlib.sha256(f"{client}\0{key}".encode()).hexdigest()[:32]
