"""Replies of the HTTP interface as objects."""

from pydantic import Field

from shared.events import Citation, Model, Usage


class Answer(Model):
    """An answer; `[n]` in the text refers to the citation with that `n`."""

    answer: str
    query_id: str
    citations: tuple[Citation, ...] = ()
    model: str | None = None
    usage: Usage = Usage()


class FoundPassage(Model):
    """A found passage; `legs` are the raw scores of the searches that found it."""

    document_id: str
    revision: int
    title: str
    page: int
    heading: str = ""
    text: str
    score: float
    legs: dict[str, float] = Field(default_factory=dict)


class SearchResult(Model):
    """Passages, best first; `absent` are the codes of the question that stand nowhere in what may be read."""

    passages: tuple[FoundPassage, ...]
    absent: tuple[str, ...] = ()
