"""Keeps titles of documents equal to the paths of their files. The oldest file of a document names it."""

from hashlib import sha256

from client.sdk.errors import Refused
from client.sync.retrying_client import RetryingClient
from client.sync.source import Source
from client.sync.state import SyncState

TURNS = 3  # files that swap their names take two


class TitleSync:
    """The titles of one source's documents."""

    def __init__(self, source: Source, state: SyncState, client: RetryingClient) -> None:
        self._source, self._state, self._client = source, state, client

    def fix(self) -> None:
        """Rename each document whose title differs from its file's path."""
        for turn in range(TURNS):
            wrong = self._outdated()
            for document, title in wrong:
                self._rename(document, title, aside=turn < TURNS - 1)
            if not wrong:
                return

    def release_title(self, path: str) -> None:
        """Before a file gets new bytes: a document shared with other files is renamed after one of those."""
        sent = self._state.rows.get(path)
        others = self._state.documents.get(sent.document_id or "", set()) - {path} if sent else set()
        if sent and sent.own and others and sent.title == self._source.title(path):
            self._rename(str(sent.document_id), self._source.title(min(others)), aside=True)

    def _outdated(self) -> list[tuple[str, str]]:
        holders = ((document, self._state.titling_file(document)) for document in list(self._state.documents))
        wanted = ((document, sent, self._source.title(sent.path)) for document, sent in holders)
        return [(document, title) for document, sent, title in wanted if sent.own and sent.title != title]

    def _rename(self, document: str, title: str, aside: bool) -> None:
        try:
            self._client.rename(document, title)
        except Refused as refused:
            if refused.reason == "document_not_found":
                return self._state.forget([document])
            if refused.reason != "title_taken" or not aside:
                raise
            # Another document has the title and may be about to lose it: use a temporary title until then.
            title = f"{title[:180]} ({sha256(document.encode()).hexdigest()[:8]})"
            self._client.rename(document, title)
        self._state.rename(document, title)
