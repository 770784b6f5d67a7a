"""HTTP methods for documents: upload, read, change, withdraw and delete."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from client.sdk.errors import TimedOut
from client.sdk.transport import HttpTransport, without_none
from shared.events import DocumentState, Received, Removal

PAGE = 200
SETTLED = {"indexed", "rejected", "removed"}


class Documents(HttpTransport):
    """The methods of `Http` for documents."""

    def upload(self, path: Path, workspace: str, **more: str) -> Received:
        """Upload a file; `more`: title, effective, expires, owner, review. It is parsed after this returns."""
        with path.open("rb") as file:
            return self.upload_file(file, path.name, workspace, **more)

    def upload_file(self, file: IO[bytes], name: str, workspace: str, **more: str) -> Received:
        """Upload an open file."""
        files = {"file": (name, file, "application/octet-stream")}
        found = self.call("POST", "/api/documents", data={"workspace": workspace} | more, files=files)
        return Received.model_validate(found)

    def settled(self, document_id: str, timeout: float = 600, vectors: bool = False) -> DocumentState:
        """The document once it is rejected, or found by its words; with `vectors` once it is found by its meaning."""
        until, pause = time.monotonic() + timeout, 0.1
        while not _settled(state := self.document(document_id), vectors):
            if time.monotonic() > until:
                raise TimedOut(f"{state.title} was still {state.status} after {timeout:.0f} s. Processing continues.")
            time.sleep(pause)
            pause = min(pause * 1.5, 2)
        return state

    def document(self, document_id: str) -> DocumentState:
        """One document and its newest revision."""
        return DocumentState.model_validate(self.call("GET", f"/api/documents/{document_id}"))

    def documents(self, workspace: str | None = None, **wanted: Any) -> Iterator[DocumentState]:
        """All that the caller may read, newest first. `wanted`: status, q (part of the title), due (days)."""
        offset = 0
        while True:
            page = without_none(workspace=workspace, limit=PAGE, offset=offset, **wanted)
            found = self.call("GET", "/api/documents", params=page)["documents"]
            yield from (DocumentState.model_validate(state) for state in found)
            offset += len(found)
            if len(found) < PAGE:
                return

    def content(self, document_id: str, revision: int | None = None) -> bytes:
        """The uploaded file, of the newest or of an older revision."""
        of = f"/revisions/{revision}" if revision else ""
        return self.reply("GET", f"/api/documents/{document_id}{of}/content").content

    def revisions(self, document_id: str) -> dict[str, Any]:
        """`revisions`, newest first, and `newest`, the number of the searchable one."""
        return self.call("GET", f"/api/documents/{document_id}/revisions")

    def page(self, document_id: str, revision: int, page: int, quote: str = "") -> dict[str, Any]:
        """The `text` of a page, and `start` and `end` of the quote in it."""
        where = f"/api/documents/{document_id}/revisions/{revision}/pages/{page}"
        return self.call("GET", where, params=without_none(quote=quote or None))

    def amend(self, document_id: str, **change: str | list[str] | None) -> DocumentState:
        """Change title, effective, expires, owner, review, allow or deny without a new revision; None removes it."""
        return DocumentState.model_validate(self.call("PATCH", f"/api/documents/{document_id}", json=change))

    def withdraw(self, document_id: str) -> DocumentState:
        """Hide the document from searches until it is restored."""
        return DocumentState.model_validate(self.call("POST", f"/api/documents/{document_id}/withdraw"))

    def restore(self, document_id: str) -> DocumentState:
        """Make a withdrawn document findable again."""
        return DocumentState.model_validate(self.call("POST", f"/api/documents/{document_id}/restore"))

    def retry(self, document_id: str) -> DocumentState:
        """Parse a rejected document again."""
        return DocumentState.model_validate(self.call("POST", f"/api/documents/{document_id}/retry"))

    def relist(self, document_id: str, **lists: list[str]) -> dict[str, Any]:
        """Replace the `allow` or `deny` list of all revisions; `warnings` lists unknown names."""
        return self.call("PATCH", f"/api/documents/{document_id}", json=lists)

    def why(self, document_id: str, who: str | None = None, lang: str | None = None) -> dict[str, Any]:
        """Why somebody (oneself when left out) finds it or not: `finds`, `opens`, `verdict` and its `rules`."""
        return self.call("GET", f"/api/documents/{document_id}/why", params=without_none(**{"for": who, "lang": lang}))

    def discard(self, document_id: str) -> DocumentState:
        """Delete the document. Nobody finds it any more."""
        return DocumentState.model_validate(self.call("DELETE", f"/api/documents/{document_id}"))

    def removal(self, document_id: str) -> Removal:
        """The deletion of a document: how much there was, and when the last of it was deleted."""
        return Removal.model_validate(self.call("GET", f"/api/documents/{document_id}/removal"))

    def gone(self, document_id: str, timeout: float = 60) -> Removal:
        """The deletion, once nothing is left of the document."""
        until, pause = time.monotonic() + timeout, 0.1
        while (removal := self.removal(document_id)).gone_at is None:
            if time.monotonic() > until:
                words = f"Nobody finds it any more, but not all of its bytes were deleted after {timeout:.0f} s."
                raise TimedOut(f"{words} The deletion continues.")
            time.sleep(pause)
            pause = min(pause * 1.5, 2)
        return removal


def _settled(state: DocumentState, vectors: bool) -> bool:
    """A withdrawn document gets no vectors until it is restored."""
    waits = vectors and state.status == "indexed" and not state.withdrawn and (state.vectors or 0) < 1
    return state.status in SETTLED and not waits
