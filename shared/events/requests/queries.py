"""Requests about queries, passages and models, and worker heartbeats."""

from typing import Any, Literal

from pydantic import Field

from shared.events.message import Event, Model, Request
from shared.events.moment import Moment
from shared.events.queries import Passage
from shared.events.text import Title

Leg = Literal["dense", "bm25", "fused"]


class Located(Model):
    """Where a query is: its stage, its place in the queue (from 1) and the expected wait in seconds."""

    stage: Literal["unknown", "waiting", "answering"]
    position: int | None = None
    wait_seconds: float | None = None


class Locate(Request[Located], subject="dispatch.locate.v1"):
    """Where is this query?"""

    query: str


class Found(Model):
    """Passages, best first; `absent` are the codes of the question that stand nowhere in what may be read."""

    passages: tuple[Passage, ...]
    absent: tuple[str, ...] = ()


class Search(Request[Found], subject="retrieval.search.v1"):
    """The passages alone, no model asked; those of one `leg` alone for measuring.

    After `expires_at` nobody waits any more.
    """

    query: str
    capability: str = Field(repr=False)
    question: str
    limit: int = 10
    leg: Leg = "fused"
    expires_at: Moment | None = None


class Place(Model):
    """A document whose title fits, or a heading in it that does, with its page."""

    document_id: str
    revision: int
    title: Title
    workspace: str
    page: int = 1
    heading: str = ""


class Places(Model):
    """Titles first, then headings."""

    places: tuple[Place, ...]


class FindPlaces(Request[Places], subject="retrieval.find_places.v1"):
    """Documents by words of their titles and headings, while somebody types."""

    query: str
    capability: str = Field(repr=False)
    text: str
    limit: int = 10


class Embedded(Model):
    """One vector a text, normalised, with the model that made them and the tokens of all texts together."""

    model: str
    vectors: tuple[tuple[float, ...], ...]
    tokens: int = 0


class Embed(Request[Embedded], subject="retrieval.embed.v1"):
    """Texts to vectors: as `passage`, to be found, or as `question`, to find with.

    `principal` wants them, until `expires_at`.
    """

    texts: tuple[str, ...]
    kind: Literal["passage", "question"] = "passage"
    principal: str = ""
    expires_at: Moment | None = None


class Drafted(Model):
    """JSON that fits the request's schema."""

    text: str


class Draft(Request[Drafted], subject="inference.draft.v1"):
    """Fill a form: a short JSON text by a schema, for a service that needs a model's help."""

    text: str = Field(repr=False)
    answer_schema: dict[str, Any]
    max_tokens: int = 512


class ModelNames(Model):
    """The models that can be asked for."""

    models: tuple[str, ...]


class ListModels(Request[ModelNames], subject="inference.list_models.v1"):
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
