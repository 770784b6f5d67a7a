"""The doors of documents: in, read, changed, put away and gone."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from client.sdk.errors import TimedOut
from client.sdk.transport import Calls, given
from shared.events import DocumentState, Removal

PAGE = 200
SETTLED = {"indexed", "rejected", "removed"}


class Documents(Calls):
    """What `Http` can do with documents."""

    def upload(self, path: Path, workspace: str, **more: str) -> DocumentState:
        """A file for a workspace; `more`: title, effective, expires, owner, review. It is read after this returns."""
        with path.open("rb") as file:
            return self.upload_file(file, path.name, workspace, **more)

    def upload_file(self, file: IO[bytes], name: str, workspace: str, **more: str) -> DocumentState:
        """The same from an open file."""
        files = {"file": (name, file, "application/octet-stream")}
        found = self.call("POST", "/api/documents", data={"workspace": workspace} | more, files=files)
        return DocumentState.model_validate(found)

    def settled(self, document_id: str, timeout: float = 600) -> DocumentState:
        """The document once it is indexed or rejected."""
        until, pause = time.monotonic() + timeout, 0.1
        while (state := self.document(document_id)).status not in SETTLED:
            if time.monotonic() > until:
                raise TimedOut(f"{state.title} was still {state.status} after {timeout:.0f} s. It goes on by itself.")
            time.sleep(pause)
            pause = min(pause * 1.5, 2)
        return state

    def document(self, document_id: str) -> DocumentState:
        """One document and its newest revision."""
        return DocumentState.model_validate(self.call("GET", f"/api/documents/{document_id}"))

    def documents(self, workspace: str | None = None, **wanted: Any) -> Iterator[DocumentState]:
        """All that the caller may read, newest first. `wanted`: status, q (of the title), due (within so many days)."""
        offset = 0
        while True:
            page = given(workspace=workspace, limit=PAGE, offset=offset, **wanted)
            found = self.call("GET", "/api/documents", params=page)["documents"]
            yield from (DocumentState.model_validate(state) for state in found)
            offset += len(found)
            if len(found) < PAGE:
                return

    def content(self, document_id: str, revision: int | None = None) -> bytes:
        """The file as it was uploaded, now or as an older revision."""
        of = f"/revisions/{revision}" if revision else ""
        return self.reply("GET", f"/api/documents/{document_id}{of}/content").content

    def revisions(self, document_id: str) -> dict[str, Any]:
        """`revisions`, newest first, and which is the `newest` that is found."""
        return self.call("GET", f"/api/documents/{document_id}/revisions")

    def page(self, document_id: str, revision: int, page: int, quote: str = "") -> dict[str, Any]:
        """The `text` of a page as it is cited, and `start` and `end` of the quote in it."""
        where = f"/api/documents/{document_id}/revisions/{revision}/pages/{page}"
        return self.call("GET", where, params=given(quote=quote or None))

    def amend(self, document_id: str, **change: str | list[str] | None) -> DocumentState:
        """Another title, effective, expires, owner, review, allow or deny, no new revision; None takes it away."""
        return DocumentState.model_validate(self.call("PATCH", f"/api/documents/{document_id}", json=change))

    def withdraw(self, document_id: str) -> DocumentState:
        """Nobody finds it until it is restored."""
        return DocumentState.model_validate(self.call("POST", f"/api/documents/{document_id}/withdraw"))

    def restore(self, document_id: str) -> DocumentState:
        """It is found again."""
        return DocumentState.model_validate(self.call("POST", f"/api/documents/{document_id}/restore"))

    def retry(self, document_id: str) -> DocumentState:
        """Read a rejected document once more."""
        return DocumentState.model_validate(self.call("POST", f"/api/documents/{document_id}/retry"))

    def relist(self, document_id: str, **lists: list[str]) -> dict[str, Any]:
        """Another `allow` or `deny` list, for all its revisions at once; `warnings` name names that are nobody's."""
        return self.call("PATCH", f"/api/documents/{document_id}", json=lists)

    def why(self, document_id: str, who: str | None = None, lang: str | None = None) -> dict[str, Any]:
        """Why somebody (oneself when left out) finds it or not: `finds`, `opens`, `verdict` and its `rules`."""
        return self.call("GET", f"/api/documents/{document_id}/why", params=given(**{"for": who, "lang": lang}))

    def discard(self, document_id: str) -> DocumentState:
        """Take it away: nobody finds it any more."""
        return DocumentState.model_validate(self.call("DELETE", f"/api/documents/{document_id}"))

    def removal(self, document_id: str) -> Removal:
        """What is left of a document that was taken away: how much it was, and when the last of it was gone."""
        return Removal.model_validate(self.call("GET", f"/api/documents/{document_id}/removal"))

    def gone(self, document_id: str, timeout: float = 60) -> Removal:
        """The same once nothing is left of it."""
        until, pause = time.monotonic() + timeout, 0.1
        while (removal := self.removal(document_id)).gone_at is None:
            if time.monotonic() > until:
                words = f"Nobody finds it any more, but its bytes were not all gone after {timeout:.0f} s."
                raise TimedOut(f"{words} That goes on by itself.")
            time.sleep(pause)
            pause = min(pause * 1.5, 2)
        return removal
