"""Response models of documents, revisions, pages and access."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.gateway.http.response_models import ResponseModel
from shared.events import Status, UploadChange


class Document(ResponseModel):
    """What is known of a document and its newest revision."""

    document_id: str
    revision: int
    title: str
    workspace: str
    status: Status
    reason: str | None
    code: str | None
    pages: int | None
    chunks: int | None
    size: int
    media_type: str
    created_at: datetime | None
    effective: datetime | None
    expires: datetime | None
    allow: list[str] | None
    deny: list[str] | None
    owner: str | None
    review: datetime | None
    withdrawn: bool
    progress: float | None
    vectors: float | None
    vectors_due: datetime | None
    taken_out: dict[str, int]
    parent: str | None
    warnings: list[str] | None = None


class UploadedDocument(Document):
    """The document after an upload; `same_as` is another one of the workspace that has these bytes."""

    change: UploadChange | None
    same_as: str | None


class Documents(ResponseModel):
    """Some of `total`, newest first."""

    documents: list[Document]
    total: int


class RevisionBody(ResponseModel):
    """What a revision was."""

    revision: int
    title: str
    size: int
    sha256: str
    by: str
    at: datetime
    status: str
    reason: str | None
    code: str | None
    pages: int | None
    chunks: int | None
    current: bool
    superseded: bool
    kept: bool


class RevisionList(ResponseModel):
    """Newest first; `newest` is the one that is found."""

    document_id: str
    title: str
    workspace: str
    newest: int | None
    revisions: list[RevisionBody]


class OneRevision(RevisionBody):
    """A revision, and which one is found."""

    document_id: str
    newest: int | None


class PageText(ResponseModel):
    """The text of a page; `start` and `end` say where the quote stands in it, in characters."""

    document_id: str
    revision: int
    title: str
    page: int
    pages: int | None
    superseded: bool
    newest: int | None
    text: str
    start: int | None = None
    end: int | None = None


class Rule(ResponseModel):
    """One step of a decision, in words."""

    rule: str
    holds: bool
    words: str


class DocumentWhy(ResponseModel):
    """Why somebody may read a document or not."""

    document_id: str
    title: str
    workspace: str
    principal: str = Field(alias="for")
    finds: bool
    opens: bool
    verdict: str
    rules: list[Rule]


class RemovalBody(ResponseModel):
    """What is left of a removed document."""

    document_id: str
    workspace: str
    status: Literal["removing", "removed"]
    by: str
    removed_at: datetime
    gone_at: datetime | None
    revisions: int
    chunks: int
    size: int
