"""What the HTTP doors reply, as objects."""

from pydantic import Field

from shared.events import Citation, Model, Usage


class Answer(Model):
    """What was answered; an `[n]` in the text is the citation with that `n`."""

    answer: str
    query_id: str
    citations: tuple[Citation, ...] = ()
    model: str | None = None
    usage: Usage = Usage()


class Found(Model):
    """A passage, best first; `legs` are the raw scores of the searches that found it."""

    document_id: str
    revision: int
    title: str
    page: int
    heading: str = ""
    text: str
    score: float
    legs: dict[str, float] = Field(default_factory=dict)
