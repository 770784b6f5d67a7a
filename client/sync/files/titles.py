"""Documents are called as their files are: the first file of a document gives it the name."""

from hashlib import sha256

from client.sdk.errors import Refused
from client.sync.retrying_client import Line
from client.sync.source import Source
from client.sync.state import Ledger

TURNS = 3  # names that go round in a circle take two


class Titles:
    """Of one source."""

    def __init__(self, source: Source, ledger: Ledger, line: Line) -> None:
        self._source, self._ledger, self._line = source, ledger, line

    def mend(self) -> None:
        """Each document called as its first file is now."""
        for turn in range(TURNS):
            wrong = self._wrong()
            for document, title in wrong:
                self._entitle(document, title, aside=turn < TURNS - 1)
            if not wrong:
                return

    def hand_over(self, path: str) -> None:
        """A file gets new bytes: a document that others share keeps the old ones, under another's name."""
        sent = self._ledger.rows.get(path)
        others = self._ledger.documents.get(sent.document_id or "", set()) - {path} if sent else set()
        if sent and sent.own and others and sent.title == self._source.title(path):
            self._entitle(str(sent.document_id), self._source.title(min(others)), aside=True)

    def _wrong(self) -> list[tuple[str, str]]:
        holders = ((document, self._ledger.holder(document)) for document in list(self._ledger.documents))
        wanted = ((document, sent, self._source.title(sent.path)) for document, sent in holders)
        return [(document, title) for document, sent, title in wanted if sent.own and sent.title != title]

    def _entitle(self, document: str, title: str, aside: bool) -> None:
        try:
            self._line.entitle(document, title)
        except Refused as refused:
            if refused.reason == "document_not_found":
                return self._ledger.forget([document])
            if refused.reason != "title_taken" or not aside:
                raise
            # Another document has the name and may be about to lose it: this one steps aside until then.
            title = f"{title[:180]} ({sha256(document.encode()).hexdigest()[:8]})"
            self._line.entitle(document, title)
        self._ledger.entitle(document, title)
