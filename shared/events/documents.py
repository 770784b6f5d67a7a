"""Events of a document's journey."""

from shared.events.message import Event, Model
from shared.events.moment import Moment
from shared.events.text import Title


class DocumentEvent(Event):
    """What all events of a document's journey name."""

    document_id: str
    revision: int
    workspace: str
    title: Title

    def identity(self) -> str | None:
        return f"{self.subject}:{self.document_id}:{self.revision}"


class DocumentUploaded(DocumentEvent, subject="document.uploaded.v1"):
    """The bytes are kept under `object`."""

    object: str
    sha256: str
    size: int
    uploaded_by: str


class Chunk(Model):
    """A stored piece of a revision. `page` counts from 1; `start` and `end` are characters of the page's text.

    `sections` are the heading paths of its parts, where they are others than `heading`, which is what they share.
    """

    n: int
    text: str
    page: int
    heading: tuple[str, ...] = ()
    start: int = 0
    end: int = 0
    sections: tuple[tuple[str, ...], ...] = ()


class DocumentChunked(DocumentEvent, subject="document.chunked.v1"):
    """Chunks of a revision: batch `batch` (from 0) of `batches`, at most 64 chunks each.

    `access` counts the changes of `allow` and `deny`: whoever knows a higher one keeps that.
    """

    batch: int
    batches: int
    pages: int
    chunks: tuple[Chunk, ...]
    effective: Moment | None = None
    expires: Moment | None = None
    withdrawn: bool = False
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()
    access: int = 0

    def identity(self) -> str | None:
        return f"{self.subject}:{self.document_id}:{self.revision}:{self.batch}"


class DocumentIndexed(DocumentEvent, subject="document.indexed.v1"):
    """The whole revision can be found by its words, and the one before it no longer."""

    pages: int
    chunks: int


class DocumentEmbedded(DocumentEvent, subject="document.embedded.v1"):
    """All chunks of the revision have their vectors: it can be found by its meaning, too."""

    chunks: int


class DocumentRejected(DocumentEvent, subject="document.rejected.v1"):
    """It cannot be read: `error` says why and what to do, `reason` is a stable code."""

    error: str
    reason: str


class DocumentAmended(DocumentEvent, subject="document.amended.v1"):
    """Its title or dates changed, or it was withdrawn or restored; its text is the same.

    `amendment` counts such changes of the document: whoever knows a higher one keeps that. 0 is not counted.
    """

    effective: Moment | None = None
    expires: Moment | None = None
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
    """The share (0..1) of a revision's chunks that are found by their words. Unstored: outside of `document.>`.

    `vectors` is the share that is found by its meaning, once all are found by their words; `vectors_due` when the last
    one is expected.
    """

    document_id: str
    revision: int
    progress: float
    vectors: float | None = None
    vectors_due: Moment | None = None
