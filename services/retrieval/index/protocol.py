"""The protocol of vector engines, and the one access filter that they share."""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from services.retrieval.text.bm25 import Sparse
from shared.security.acl import Parties

DENSE, LEXICAL = "dense", "bm25"
ANYONE = "*"  # stands for an empty allow list: one condition on one keyword index, where "is empty" would be two


class Scope(NamedTuple):
    """Where one may look, and the names of each whose rights count."""

    workspaces: Sequence[str]
    parties: Parties = ((),)


class Point(NamedTuple):
    """A chunk's place: `id` is its UUID, `dense` is normalised, or empty where no model is at hand."""

    id: str
    dense: Sequence[float]
    sparse: Sparse
    workspace: str
    document: str
    revision: int
    allow: Sequence[str] = ()
    deny: Sequence[str] = ()

    @property
    def payload(self) -> dict[str, Any]:
        about = {"workspace": self.workspace, "document": self.document, "revision": self.revision}
        return about | readers(self.allow, self.deny)


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

    async def search(self, dense: Sequence[float], sparse: Sparse, scope: Scope, limit: int) -> Legs:
        """The `limit` best of each leg inside the scope; IDF is its own too."""

    async def access(self, document: str, allow: Sequence[str], deny: Sequence[str]) -> None:
        """Other readers for all that is kept of a document; in force when it returns."""

    async def forget(self, document: str, before: int) -> None:
        """Take a document's revisions below `before` away."""

    async def count(self) -> int:
        """How many points there are."""

    async def embedded(self) -> int:
        """How many of them have a vector."""

    async def known(self, ids: Sequence[str]) -> set[str]:
        """Which of these points are there with a vector."""

    async def snapshot(self, folder: Path) -> Path:
        """A copy of all that is in it, as it is now: a new file or folder in `folder`."""

    async def drop(self) -> None:
        """Take it away for good, and give its files or connections back."""

    async def close(self) -> None:
        """Give its files or connections back."""


def readers(allow: Sequence[str], deny: Sequence[str]) -> dict[str, Any]:
    """The part of a payload that says who may read it."""
    return {"allow": list(allow) or [ANYONE], "deny": list(deny)}


def visible(engine: ModuleType, scope: Scope) -> Any:
    """The filter of every search, in the engine's own types: inside these workspaces, and open to each party."""
    parties = dict.fromkeys(map(tuple, scope.parties))  # who speaks for themselves is asked once
    inside = [_any(engine, "workspace", scope.workspaces)]
    inside += [_any(engine, "allow", [ANYONE, *holders]) for holders in parties]
    kept_out = [_any(engine, "deny", holders) for holders in parties if holders]
    return engine.Filter(must=inside, must_not=kept_out)


def _any(engine: ModuleType, key: str, values: Sequence[str]) -> Any:
    return engine.FieldCondition(key=key, match=engine.MatchAny(any=sorted(values)))


def named(engine: ModuleType, document: str) -> Any:
    """The filter of all that is kept of a document."""
    return engine.Filter(must=[engine.FieldCondition(key="document", match=engine.MatchValue(value=document))])


def stale(engine: ModuleType, span: Any, document: str) -> Any:
    """The filter of a document's revisions inside `span`."""
    mine = engine.FieldCondition(key="document", match=engine.MatchValue(value=document))
    return engine.Filter(must=[mine, engine.FieldCondition(key="revision", range=span)])


def legs(engine: ModuleType, dense: Sequence[float], sparse: Sparse, scope: Scope, limit: int) -> dict[str, Any]:
    """The queries of a search, one a leg that has something to ask; the filter is in each, and in what IDF counts."""
    inside = visible(engine, scope)
    near = {"limit": limit, "filter": inside, "with_payload": False}
    asked = {}
    if dense:
        asked[DENSE] = _query(engine, list(dense), DENSE, near)
    if sparse.indices:
        terms = engine.SparseVector(indices=sparse.indices, values=sparse.values)
        corpus = getattr(engine, "IdfCorpusParams", engine.IdfParams)  # a server before 1.19 counts all it has
        counted = engine.SearchParams(idf=corpus(corpus=inside))
        asked[LEXICAL] = _query(engine, terms, LEXICAL, near | {"params": counted})
    return asked


def _query(engine: ModuleType, vector: Any, leg: str, how: dict[str, Any]) -> Any:
    if hasattr(engine.Query, "Nearest"):  # the client's Query is a union of types
        return engine.QueryRequest(query=engine.Query.Nearest(vector, using=leg), **how)
    return engine.QueryRequest(query=vector, using=leg, **how)
