"""Requests about documents, and their state."""

from typing import Literal

from pydantic import Field

from shared.events.message import Model, Request
from shared.events.moment import Moment
from shared.events.text import Title

Status = Literal["received", "parsing", "indexing", "indexed", "rejected", "removed"]
UploadChange = Literal["new", "revision", "unchanged"]
Clearable = Literal["effective", "expires", "owner", "review"]


class DocumentState(Model):
    """What is known of a document and its newest revision. `reason` says in words why it was rejected, `code`
    says so as a stable code.

    `allow` and `deny` name holders (`group:…`, `person:…`, `role:…`, `app:…`) beside the workspace's grants; deny wins.
    They are None for a caller whom they are not shown to, and so is `object` empty for one whom they keep out.
    `progress` is the share of the present stage that is done, 0..1; `vectors` the share of an indexed document that is
    found by its meaning, too, and `vectors_due` when the rest is expected; `taken_out` counts what was hidden in the
    file, by kind; `parent` is the archive or e-mail that it came in; `review` is when its `owner` should look at it
    again.
    """

    document_id: str
    revision: int
    title: Title
    workspace: str
    status: Status
    reason: str | None = None
    code: str | None = None
    pages: int | None = None
    chunks: int | None = None
    size: int = 0
    media_type: str = ""
    object: str = ""
    created_at: Moment | None = None
    effective: Moment | None = None
    expires: Moment | None = None
    allow: tuple[str, ...] | None = ()
    deny: tuple[str, ...] | None = ()
    owner: str | None = None
    review: Moment | None = None
    withdrawn: bool = False
    progress: float | None = None
    vectors: float | None = None
    vectors_due: Moment | None = None
    taken_out: dict[str, int] = Field(default_factory=dict)
    parent: str | None = None


class DocumentStates(Model):
    """A page of them, newest first."""

    documents: tuple[DocumentState, ...]
    total: int


class Received(DocumentState):
    """A document after an upload: it is new, has a new revision, or is unchanged.

    `same_as` is the title of another document of the workspace with these bytes, if the uploader may see one.
    """

    change: UploadChange | None = None
    same_as: str | None = None


class Receive(Request[Received], subject="ingestion.receive.v1"):
    """Bytes already in the object store under `object` become a document, or a revision of the one of this title."""

    capability: str = Field(repr=False)
    query: str
    workspace: str
    title: Title
    object: str
    sha256: str
    size: int
    effective: Moment | None = None
    expires: Moment | None = None
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    owner: str | None = None
    review: Moment | None = None


class Describe(Request[DocumentStates], subject="ingestion.describe.v1"):
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
    uploaded_by: str | None = None
    limit: int = 100
    offset: int = 0


class Amend(Request[DocumentState], subject="ingestion.amend.v1"):
    """Change what is known of a document, without a new revision. None leaves a field as it is, `clear` empties it."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    title: Title | None = None
    effective: Moment | None = None
    expires: Moment | None = None
    owner: str | None = None
    review: Moment | None = None
    withdrawn: bool | None = None
    clear: tuple[Clearable, ...] = ()


class Retry(Request[DocumentState], subject="ingestion.retry.v1"):
    """Read a rejected document once more: the same bytes as its next revision."""

    capability: str = Field(repr=False)
    query: str
    document_id: str


class DeleteDocument(Request[DocumentState], subject="ingestion.discard.v1"):
    """Delete a document: row, bytes, chunks and vectors."""

    capability: str = Field(repr=False)
    query: str
    document_id: str


class ChangeAccess(Request[DocumentState], subject="ingestion.change_access.v1"):
    """Other allow and deny lists for a document, in place; None leaves a list as it is."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] | None = None


class FileText(Model):
    """What is in a file; its pages are packed in the object store under `object`, for the caller to take away."""

    object: str
    pages: int
    characters: int
    media_type: str


class ReadFile(Request[FileText], subject="ingestion.read_file.v1"):
    """Read a file whose bytes are under `object`, without making a document of it: nothing of it is kept here."""

    capability: str = Field(repr=False)
    query: str
    object: str
    name: Title
