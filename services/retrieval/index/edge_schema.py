"""The schema of a qdrant-edge shard: payload indexes and point format."""

from pathlib import Path
from typing import Any

import qdrant_edge as engine

from services.retrieval.index.protocol import DENSE, LEXICAL, Point, readers
from shared.errors import NotReady


def opened(folder: Path, size: int) -> engine.EdgeShard:
    """The shard of a folder, made if there is none."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            return _listed(engine.EdgeShard.load(str(folder)))
        folder.mkdir(parents=True, exist_ok=True)
        return _indexed(engine.EdgeShard.create(str(folder), _config(size)))
    except Exception as error:  # the engine raises nothing narrower
        raise NotReady(f"The index {folder} cannot be opened ({error}). Does another process hold it?") from error


def _config(size: int) -> engine.EdgeConfig:
    return engine.EdgeConfig(
        vectors={DENSE: engine.EdgeVectorParams(size=size, distance=engine.Distance.Cosine)},
        sparse_vectors={LEXICAL: engine.EdgeSparseVectorParams(modifier=engine.Modifier.Idf)},
    )


def _indexed(shard: engine.EdgeShard) -> engine.EdgeShard:
    create = engine.UpdateOperation.create_field_index
    shard.update(create("workspace", engine.KeywordIndexParams(is_tenant=True)))
    for field in ("document", "allow", "deny"):
        shard.update(create(field, engine.KeywordIndexParams()))
    shard.update(create("revision", engine.IntegerIndexParams(range=True, lookup=True)))
    shard.flush()
    return shard


def _listed(shard: engine.EdgeShard) -> engine.EdgeShard:
    """Points that were placed before documents had lists are open to all of their workspace."""
    for field in ("allow", "deny"):
        shard.update(engine.UpdateOperation.create_field_index(field, engine.KeywordIndexParams()))
    older = engine.Filter(must=[engine.IsEmptyCondition("allow")])
    shard.update(engine.UpdateOperation.set_payload_by_filter(older, readers((), ())))
    return shard


def point_of(point: Point) -> engine.Point:
    """A point in the engine's own types."""
    terms = engine.SparseVector(indices=point.sparse.indices, values=point.sparse.values)
    dense: dict[str, Any] = {DENSE: list(point.dense)} if point.dense else {}
    return engine.Point(id=point.id, vector=dense | {LEXICAL: terms}, payload=point.payload)
