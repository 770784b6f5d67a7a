"""A document's journey, and what is asked about it."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from shared.events.message import Event, Part, Request

Status = Literal["received", "parsing", "indexing", "indexed", "rejected", "removed"]
Clearable = Literal["effective", "expires", "owner", "review"]


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
    """One document, or those of the capability's workspaces (of `workspace` alone, when given).

    `text` is a part of the title; `due` asks for what is due within so many days: its review, or its expiry.
    """

    capability: str = Field(repr=False)
    query: str
    document_id: str | None = None
    workspace: str | None = None
    status: Status | None = None
    text: str | None = None
    due: int | None = None
    limit: int = 100
    offset: int = 0


class Amend(Request, subject="ingestion.amend.v1", reply=DocumentState):
    """Change what is known of a document, without a new revision. None leaves a field as it is, `clear` empties it."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    title: str | None = None
    effective: datetime | None = None
    expires: datetime | None = None
    owner: str | None = None
    review: datetime | None = None
    withdrawn: bool | None = None
    clear: tuple[Clearable, ...] = ()


class Retry(Request, subject="ingestion.retry.v1", reply=DocumentState):
    """Read a rejected document once more: the same bytes as its next revision."""

    capability: str = Field(repr=False)
    query: str
    document_id: str


class Revision(Part):
    """What a revision was. `object` and `text` say where its bytes and its pages' text lie, while they are `kept`.

    `status` may be `superseded` too: a newer one came before it was read.
    """

    revision: int
    title: str
    size: int
    sha256: str
    by: str
    at: datetime
    status: Status | Literal["superseded"]
    reason: str | None = None
    pages: int | None = None
    chunks: int | None = None
    current: bool = False
    superseded: bool = False
    kept: bool = True
    object: str = ""
    text: str = ""


class DocumentHistory(Part):
    """Newest first; `newest` is the revision that is found, None before the first one is."""

    document_id: str
    title: str
    workspace: str
    newest: int | None = None
    revisions: tuple[Revision, ...] = ()


class DescribeRevisions(Request, subject="ingestion.revisions.v1", reply=DocumentHistory):
    """All revisions of a document, or one."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    revision: int | None = None


class Newest(Part):
    """The revision that is found, by document; those that the capability does not cover are left out."""

    newest: dict[str, int]


class FindNewest(Request, subject="ingestion.newest.v1", reply=Newest):
    """Which revisions of these documents are the ones that are found now?"""

    capability: str = Field(repr=False)
    query: str
    document_ids: tuple[str, ...]


class Removal(Part):
    """What is left of a removed document: that it is gone, since when, and how much it was. `gone_at` is when the last
    of its bytes, chunks and vectors was taken away.
    """

    document_id: str
    workspace: str
    status: Literal["removing", "removed"]
    by: str
    removed_at: datetime
    gone_at: datetime | None = None
    revisions: int
    chunks: int
    size: int


class DescribeRemoval(Request, subject="ingestion.removal.v1", reply=Removal):
    """Is it gone? For who removed it, and for the managers of where it was."""

    capability: str = Field(repr=False)
    query: str
    document_id: str


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
    """Its title or dates changed, or it was withdrawn or restored; its text is the same.

    `amendment` counts such changes of the document: whoever knows a higher one keeps that. 0 is not counted.
    """

    effective: datetime | None = None
    expires: datetime | None = None
    withdrawn: bool = False
    amendment: int = 0

    def identity(self) -> str | None:
        return None


class DocumentAccessChanged(DocumentEvent, subject="document.access_changed.v1"):
    """Who may read it changed, for all its revisions; `access` counts the changes."""

    # First, where the record finds it however long the lists are.
    by: str
    access: int
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    def identity(self) -> str | None:
        return f"{self.subject}:{self.document_id}:{self.access}"


class DocumentRemoved(DocumentEvent, subject="document.removed.v1"):
    """Nobody may find it any more."""


class DocumentForgotten(DocumentEvent, subject="document.forgotten.v1"):
    """Its chunks and vectors are taken away. Its title is not told again: `title` is empty."""

    chunks: int = 0


class DocumentProgressed(Event, subject="indexing.progressed.v1"):
    """The share (0..1) of a revision's chunks that are placed. Unstored: outside of `document.>`."""

    document_id: str
    revision: int
    progress: float
