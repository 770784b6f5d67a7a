"""How a question is searched for: queries that a model writes from the question alone."""

from typing import Literal, Self

from pydantic import Field

from shared.events.access import Principal
from shared.events.message import Model, Request
from shared.events.queries import QueryEvent, QueryRouted

AskedFor = Literal["documents", "data", "nothing"]


class DocumentHint(Model):
    """What a question itself says about the document: a name, a year, a kind."""

    name: str = ""
    year: int | None = None
    kind: str = ""


class SearchPlan(Model):
    """What to search for: `queries`, the best first, and the same terms in the `other` language.

    `about` is what a follow-up refers to, `kind` what is asked for (data: rows of a business system). The plan says
    where to look inside the asker's rights, never whose rights.
    """

    queries: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    about: str = ""
    docs: tuple[DocumentHint, ...] = ()
    kind: AskedFor = "documents"


class Planned(Model):
    """A plan, and the model that wrote it."""

    plan: SearchPlan
    model: str


class Plan(Request[Planned], subject="inference.plan.v1"):
    """Plan the search for `question`; `earlier` are the questions before it. What is there after `seconds` counts.

    `query` is the id of the question, for traces.
    """

    query: str = ""
    question: str = Field(repr=False)
    earlier: tuple[str, ...] = Field(default=(), repr=False)
    seconds: float


class QueryPlanned(QueryEvent, subject="query.planned.v1"):
    """A model has planned the search: what retrieval looks for beside the question itself."""

    principal: Principal
    plan: SearchPlan
    model: str
    seconds: float
    known: bool = False

    @classmethod
    def of(cls, asked: QueryRouted, planned: Planned, seconds: float, known: bool) -> Self:
        """`known`: the same question was planned before."""
        return cls(
            query=asked.query,
            client=asked.client,
            principal=asked.principal,
            plan=planned.plan,
            model=planned.model,
            seconds=round(seconds, 3),
            known=known,
        )
