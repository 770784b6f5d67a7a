"""A Qdrant server over gRPC, one collection for each model."""

import json
from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from grpc import RpcError, StatusCode  # type: ignore[import-untyped]
from grpc.aio import AioRpcError  # type: ignore[import-untyped]
from qdrant_client import AsyncQdrantClient, models
from qdrant_client.http.exceptions import ApiException

from services.retrieval.index.protocol import DENSE, LEXICAL, Hit, Legs, Point, Scope, legs, named, readers, stale
from services.retrieval.text.bm25 import Sparse
from shared.errors import NotReady, Unavailable

T = TypeVar("T")
REFUSED = StatusCode.UNAUTHENTICATED, StatusCode.PERMISSION_DENIED


class ServerIndex:
    """The collection `name` of the server at `url`."""

    def __init__(self, client: AsyncQdrantClient, name: str) -> None:
        self._client, self._name = client, name

    @classmethod
    async def open(cls, url: str, key: str, name: str, size: int) -> "ServerIndex":
        """Connected, with the collection and its payload indexes made if missing."""
        # cloud_inference: the default client looks through every call for texts to embed, at 2-3 times the latency.
        client = AsyncQdrantClient(
            url=url,
            api_key=key or None,
            prefer_grpc=True,
            grpc_port=_grpc_port(url),
            cloud_inference=True,
            check_compatibility=False,
            timeout=10,
        )
        await _reached(_prepared(client, name, size))
        return cls(client, name)

    async def upsert(self, points: Sequence[Point]) -> None:
        """Kept when it returns."""
        if points:
            await _reached(self._client.upsert(self._name, [_point(point) for point in points], wait=True))

    async def search(self, dense: Sequence[float], sparse: Sparse, scope: Scope, limit: int) -> Legs:
        """The `limit` best of each leg inside the scope; IDF is its own too."""
        if not scope.workspaces:
            return Legs([], [])
        asked = legs(models, dense, sparse, scope, limit)
        found = iter(await _reached(self._client.query_batch_points(self._name, list(asked.values()))))
        hits = {leg: [Hit(str(hit.id), hit.score) for hit in next(found).points] for leg in asked}
        return Legs(hits.get(DENSE, []), hits.get(LEXICAL, []))

    async def forget(self, document: str, before: int) -> None:
        """Take a document's revisions below `before` away."""
        old = models.FilterSelector(filter=stale(models, models.Range(lt=before), document))
        await _reached(self._client.delete(self._name, old, wait=True))

    async def access(self, document: str, allow: Sequence[str], deny: Sequence[str]) -> None:
        """Other readers for all that is kept of a document; in force when it returns."""
        mine = named(models, document)
        await _reached(self._client.set_payload(self._name, readers(allow, deny), points=mine, wait=True))

    async def count(self) -> int:
        """How many points there are."""
        return (await _reached(self._client.count(self._name, exact=True))).count

    async def embedded(self) -> int:
        """How many of them have a vector."""
        vector = models.Filter(must=[models.HasVectorCondition(has_vector=DENSE)])
        return (await _reached(self._client.count(self._name, vector, exact=True))).count

    async def known(self, ids: Sequence[str]) -> set[str]:
        """Which of these points are there with a vector."""
        asked = self._client.retrieve(self._name, list(ids), with_payload=False, with_vectors=[DENSE])
        found = await _reached(asked)
        return {str(record.id) for record in found if record.vector}

    async def snapshot(self, folder: Path) -> Path:
        """Made by the server, and kept there: its API names the file; `folder` gets a note of where."""
        made = await _reached(self._client.create_snapshot(self._name, wait=True))
        if made is None:
            raise Unavailable("The vector index made no snapshot. Try again in a few seconds.")
        note = folder / f"{made.name}.json"
        note.write_text(json.dumps({"collection": self._name, "snapshot": made.name, "size": made.size}))
        return note

    async def drop(self) -> None:
        """Take the collection away, and give the connection back."""
        await _reached(self._client.delete_collection(self._name))
        await self.close()

    async def close(self) -> None:
        """Give the connection back."""
        await self._client.close()


def _grpc_port(url: str) -> int:
    """The one after that of HTTP, as servers have it: 6334."""
    return (urlsplit(url).port or 6333) + 1


async def _prepared(client: AsyncQdrantClient, name: str, size: int) -> None:
    if not await client.collection_exists(name):
        await _create(client, name, size)
    await _listed(client, name)


async def _create(client: AsyncQdrantClient, name: str, size: int) -> None:
    terms = models.SparseVectorParams(modifier=models.Modifier.IDF)
    dense = models.VectorParams(size=size, distance=models.Distance.COSINE)
    await client.create_collection(name, vectors_config={DENSE: dense}, sparse_vectors_config={LEXICAL: terms})
    keyword, integer = models.KeywordIndexType.KEYWORD, models.IntegerIndexType.INTEGER
    fields: dict[str, models.KeywordIndexParams | models.IntegerIndexParams] = {
        "workspace": models.KeywordIndexParams(type=keyword, is_tenant=True),
        "document": models.KeywordIndexParams(type=keyword),
        "revision": models.IntegerIndexParams(type=integer, range=True, lookup=True),
    }
    for field, schema in fields.items():
        await client.create_payload_index(name, field, field_schema=schema, wait=True)


async def _listed(client: AsyncQdrantClient, name: str) -> None:
    """Points that were placed before documents had lists are open to all of their workspace."""
    keyword = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD)
    for field in ("allow", "deny"):
        await client.create_payload_index(name, field, field_schema=keyword, wait=True)
    older = models.Filter(must=[models.IsEmptyCondition(is_empty=models.PayloadField(key="allow"))])
    await client.set_payload(name, readers((), ()), points=older, wait=True)


def _point(point: Point) -> models.PointStruct:
    terms = models.SparseVector(indices=point.sparse.indices, values=point.sparse.values)
    dense: dict[str, Any] = {DENSE: list(point.dense)} if point.dense else {}
    return models.PointStruct(id=point.id, vector=dense | {LEXICAL: terms}, payload=point.payload)


async def _reached(call: Awaitable[T]) -> T:
    try:
        return await call
    except (RpcError, ApiException, OSError) as error:
        if isinstance(error, AioRpcError) and error.code() in (
            StatusCode.UNAUTHENTICATED,
            StatusCode.PERMISSION_DENIED,
        ):
            raise NotReady("The vector index refuses the key. Correct CLOISTER_VECTORS_KEY.") from error
        raise Unavailable("The vector index does not answer now. Try again in a few seconds.") from error
