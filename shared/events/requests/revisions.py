"""Requests about revisions and removals."""

from typing import Literal

from pydantic import Field

from shared.events.message import Model, Request
from shared.events.moment import Moment
from shared.events.requests.documents import Status
from shared.events.text import Title


class Revision(Model):
    """What a revision was. `object` and `text` say where its bytes and its pages' text lie, while they are `kept`.

    `status` may be `superseded` too: a newer one came before it was read.
    """

    revision: int
    title: Title
    size: int
    sha256: str
    by: str
    at: Moment
    status: Status | Literal["superseded"]
    reason: str | None = None
    code: str | None = None
    pages: int | None = None
    chunks: int | None = None
    current: bool = False
    superseded: bool = False
    kept: bool = True
    object: str = ""
    text: str = ""


class DocumentHistory(Model):
    """Newest first; `newest` is the revision that is found, None before the first one is."""

    document_id: str
    title: Title
    workspace: str
    newest: int | None = None
    revisions: tuple[Revision, ...] = ()


class DescribeRevisions(Request[DocumentHistory], subject="ingestion.revisions.v1"):
    """All revisions of a document, or one."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
    revision: int | None = None


class Newest(Model):
    """The revision that is found, by document; those that the capability does not cover are left out."""

    newest: dict[str, int]


class FindNewest(Request[Newest], subject="ingestion.newest.v1"):
    """Which revisions of these documents are the ones that are found now?"""

    capability: str = Field(repr=False)
    query: str
    document_ids: tuple[str, ...]


class Removal(Model):
    """What is left of a removed document: that it is gone, since when, and how much it was. `gone_at` is when the last
    of its bytes, chunks and vectors was taken away.
    """

    document_id: str
    workspace: str
    status: Literal["removing", "removed"]
    by: str
    removed_at: Moment
    gone_at: Moment | None = None
    revisions: int
    chunks: int
    size: int


class DescribeRemoval(Request[Removal], subject="ingestion.removal.v1"):
    """Is it gone? For who removed it, and for the managers of where it was."""

    capability: str = Field(repr=False)
    query: str
    document_id: str
