"""Citations where OpenAI's clients look for them: `[n]` numbered from 1, and annotations of the type `url_citation`."""

import re
from collections.abc import Mapping
from typing import Any

from services.gateway.http.responses import citation_body
from shared.events import Citation, QueryAnswered, inert

MARK = re.compile(r"\[(\d{1,3})\]")
OPEN = re.compile(r"\[\d{0,3}$")
# The protocol cannot take text back: after a lost worker wrote something else, the answer follows whole below a line.
RESTART = "\n\n---\n\n"


class CitationNumbering:
    """The marks of a text that comes in pieces, numbered anew in the order in which they come.

    `kept` leaves them as they are: brackets of a form, or of a model that has no passages, are no marks. `length` is
    how many characters were given out; `places` says where the first mark of each number stands.
    """

    def __init__(self, kept: bool = False) -> None:
        self._kept, self._held = kept, ""
        self.length = 0
        self.numbers: dict[int, int] = {}
        self.places: dict[int, tuple[int, int]] = {}

    def feed(self, text: str) -> str:
        """What can be told now: all but the possible beginning of a mark."""
        text = self._held + text
        beginning = None if self._kept else OPEN.search(text)
        at = beginning.start() if beginning else len(text)
        self._held = text[at:]
        return self._numbered(text[:at])

    def finish(self) -> str:
        """The rest."""
        rest, self._held = self._held, ""
        return self._numbered(rest)

    def restart(self) -> str:
        """Another text begins, with marks of its own, behind what was given out and this line."""
        self._held, self.numbers, self.places = "", {}, {}
        self.length += len(RESTART)
        return RESTART

    def _numbered(self, text: str) -> str:
        told, at = "", 0
        for found in () if self._kept else MARK.finditer(text):
            number = self.numbers.setdefault(int(found[1]), len(self.numbers) + 1)
            told += text[at : found.start()]
            mark, at = f"[{number}]", found.end()
            start = self.length + len(told)
            self.places.setdefault(int(found[1]), (start, start + len(mark)))
            told += mark
        told += text[at:]
        self.length += len(told)
        return told


def cited(answer: QueryAnswered, marks: CitationNumbering) -> list[dict[str, Any]]:
    """The citations that the answer uses in the order of their new numbers; those without a mark in the text follow."""
    return [citation_body(citation) | {"n": n} for n, citation in enumerate(_ordered(answer, marks), 1)]


def annotations(answer: QueryAnswered, marks: CitationNumbering, base: str) -> list[dict[str, Any]]:
    """One for each citation: title, address of the page view, and where its first mark stands in the text."""
    found = []
    for citation in _ordered(answer, marks):
        start, end = marks.places.get(citation.n, (marks.length, marks.length))
        about = {"title": inert(citation.title), "url": page_view(citation, base)}
        found.append(about | {"start_index": start, "end_index": end})
    return found


def _ordered(answer: QueryAnswered, marks: CitationNumbering) -> list[Citation]:
    used = [citation for citation in answer.citations if citation.used]
    return sorted(used, key=lambda one: (marks.numbers.get(one.n, 1000), one.n))


def wrapped(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Annotations as chat completions have them."""
    return [{"type": "url_citation", "url_citation": one} for one in found]


def page_view(citation: Citation, base: str) -> str:
    """Where a person opens the cited page; the start page where there is none, as of rows and of summaries."""
    if not citation.document_id or citation.data or ":" in citation.document_id:
        return f"{base}/"
    return f"{base}/#/source/{citation.document_id}/{citation.revision}/{citation.page}"


def marks_for(answer_schema: Mapping[str, Any] | None, plain: bool) -> CitationNumbering:
    """Numbered anew in answers from passages alone."""
    return CitationNumbering(kept=plain or answer_schema is not None)
