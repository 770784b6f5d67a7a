"""Points in, the best of two legs out: what every vector engine must do here, and the one filter they all use."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from services.retrieval.tokens import Sparse

DENSE, LEXICAL = "dense", "bm25"


class Point(NamedTuple):
    """A chunk's place: `id` is its UUID, `dense` is normalised."""

    id: str
    dense: Sequence[float]
    sparse: Sparse
    workspace: str
    document: str
    revision: int

    @property
    def payload(self) -> dict[str, Any]:
        return {"workspace": self.workspace, "document": self.document, "revision": self.revision}


class Hit(NamedTuple):
    """A found point and the leg's own score."""

    id: str
    score: float


class Legs(NamedTuple):
    """What each leg found, best first."""

    dense: list[Hit]
    lexical: list[Hit]


class Index(Protocol):
    """Stored points, searched by meaning and by words."""

    async def upsert(self, points: Sequence[Point]) -> None:
        """Kept when it returns."""

    async def search(self, dense: Sequence[float], sparse: Sparse, workspaces: Sequence[str], limit: int) -> Legs:
        """The `limit` best of each leg inside `workspaces`; IDF is theirs too."""

    async def forget(self, document: str, before: int) -> None:
        """Take a document's revisions below `before` away."""

    async def count(self) -> int:
        """How many points there are."""

    async def close(self) -> None:
        """Give its files or connections back."""


def visible(engine: ModuleType, workspaces: Sequence[str]) -> Any:
    """The filter of every search, in the engine's own types: nothing outside these workspaces."""
    return engine.Filter(must=[engine.FieldCondition(key="workspace", match=engine.MatchAny(any=sorted(workspaces)))])


def stale(engine: ModuleType, span: Any, document: str) -> Any:
    """The filter of a document's revisions inside `span`."""
    named = engine.FieldCondition(key="document", match=engine.MatchValue(value=document))
    return engine.Filter(must=[named, engine.FieldCondition(key="revision", range=span)])


def legs(
    engine: ModuleType, dense: Sequence[float], sparse: Sparse, workspaces: Sequence[str], limit: int
) -> list[Any]:
    """The two queries of a search; the filter is in both, and in what IDF counts."""
    inside = visible(engine, workspaces)
    terms = engine.SparseVector(indices=sparse.indices, values=sparse.values)
    counted = engine.SearchParams(idf=engine.IdfParams(corpus=inside))
    near = {"limit": limit, "filter": inside, "with_payload": False}
    query = getattr(engine, "Query", None)
    if query is None:
        meaning = engine.QueryRequest(query=list(dense), using=DENSE, **near)
        return [meaning, engine.QueryRequest(query=terms, using=LEXICAL, params=counted, **near)]
    meaning = engine.QueryRequest(query=query.Nearest(list(dense), using=DENSE), **near)
    return [meaning, engine.QueryRequest(query=query.Nearest(terms, using=LEXICAL), params=counted, **near)]
