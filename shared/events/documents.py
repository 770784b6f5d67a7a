"""A document's journey, and what is asked about it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.events.message import Event, Part, Request

Status = Literal["received", "parsing", "indexing", "indexed", "rejected", "removed"]


class DocumentState(Part):
    """What is known of a document and its newest revision. `reason` says in words why it was rejected.

    `allow` and `deny` name holders (`group:…`, `person:…`, `role:…`, `app:…`) beside the workspace's grants; deny wins.
    They are None for a caller whom they are not shown to, and so is `object` empty for one whom they keep out.
    `progress` is the share of the present stage that is done, 0..1; `taken_out` counts what was hidden in the file, by
    kind; `parent` is the archive or e-mail that it came in; `review` is when its `owner` should look at it again.
    """

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
    allow: tuple[str, ...] | None = ()
    deny: tuple[str, ...] | None = ()
    owner: str | None = None
    review: datetime | None = None
    withdrawn: bool = False
    progress: float | None = None
    taken_out: dict[str, int] = Field(default_factory=dict)
    parent: str | None = None


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
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    owner: str | None = None
    review: datetime | None = None


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


class ChangeAccess(Request, subject="ingestion.change_access.v1", reply=DocumentState):
    """Other allow and deny lists for a document, in place; None leaves a list as it is."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] | None = None


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
    """Chunks of a revision: batch `batch` (from 0) of `batches`, at most 64 chunks each.

    `access` counts the changes of `allow` and `deny`: whoever knows a higher one keeps that.
    """

    batch: int
    batches: int
    pages: int
    chunks: tuple[Chunk, ...]
    effective: datetime | None = None
    expires: datetime | None = None
    withdrawn: bool = False
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    access: int = 0

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
    """Its title or dates changed, or it was withdrawn or restored; its text is the same."""

    effective: datetime | None = None
    expires: datetime | None = None
    withdrawn: bool = False

    def identity(self) -> str | None:
        return None


class DocumentAccessChanged(DocumentEvent, subject="document.access_changed.v1"):
    """Who may read it changed, for all its revisions; `access` counts the changes."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    access: int
    by: str

    def identity(self) -> str | None:
        return f"{self.subject}:{self.document_id}:{self.access}"


class DocumentRemoved(DocumentEvent, subject="document.removed.v1"):
    """Nobody may find it any more."""
