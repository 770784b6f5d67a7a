"""A stand-in for a Qdrant server: real gRPC with a key, and qdrant-client's local mode behind it.

It shows that what the adapter sends can be serialised, is understood by the published protocol, and needs the key. It
does not show what the engine makes of it: for that the same tests run against a real server (CLOISTER_QDRANT_URL).
"""

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc as rpc
from qdrant_client import QdrantClient, grpc, models
from qdrant_client.conversions.conversion import GrpcToRest, RestToGrpc

DONE = grpc.PointsOperationResponse(result=grpc.UpdateResult(operation_id=1, status=grpc.UpdateStatus.Completed))


class Guard(rpc.aio.ServerInterceptor):
    """Lets calls through that bear the key."""

    def __init__(self, key: str) -> None:
        self._key = key

    async def intercept_service(
        self, go_on: Callable[[Any], Awaitable[Any]], details: rpc.HandlerCallDetails
    ) -> rpc.RpcMethodHandler:
        if dict(details.invocation_metadata).get("api-key") == self._key:
            return await go_on(details)

        async def refuse(_: Any, context: Any) -> None:
            await context.abort(rpc.StatusCode.UNAUTHENTICATED, "Must provide an API key")

        return rpc.unary_unary_rpc_method_handler(refuse)


class Collections(grpc.CollectionsServicer):
    """Made, looked for, taken away."""

    def __init__(self, local: QdrantClient) -> None:
        self._local = local

    async def CollectionExists(self, request: Any, _: Any) -> Any:
        there = self._local.collection_exists(request.collection_name)
        return grpc.CollectionExistsResponse(result=grpc.CollectionExists(exists=there))

    async def Create(self, request: Any, _: Any) -> Any:
        vectors = GrpcToRest.convert_vectors_config(request.vectors_config)
        sparse = GrpcToRest.convert_sparse_vector_config(request.sparse_vectors_config)
        self._local.create_collection(request.collection_name, vectors_config=vectors, sparse_vectors_config=sparse)
        return grpc.CollectionOperationResponse(result=True)

    async def Delete(self, request: Any, _: Any) -> Any:
        return grpc.CollectionOperationResponse(result=self._local.delete_collection(request.collection_name))


class Points(grpc.PointsServicer):
    """Written, read, searched; `fields` are the payload indexes that were asked for."""

    def __init__(self, local: QdrantClient) -> None:
        self._local, self.fields = local, dict[str, Any]()

    async def Upsert(self, request: Any, _: Any) -> Any:
        points = [GrpcToRest.convert_point_struct(point) for point in request.points]
        self._local.upsert(request.collection_name, points)
        return DONE

    async def Delete(self, request: Any, _: Any) -> Any:
        self._local.delete(request.collection_name, GrpcToRest.convert_points_selector(request.points))
        return DONE

    async def SetPayload(self, request: Any, _: Any) -> Any:
        chosen = GrpcToRest.convert_points_selector(request.points_selector)
        self._local.set_payload(request.collection_name, GrpcToRest.convert_payload(request.payload), chosen)
        return DONE

    async def CreateFieldIndex(self, request: Any, _: Any) -> Any:
        self.fields[request.field_name] = request.field_index_params
        return DONE

    async def Count(self, request: Any, _: Any) -> Any:
        where = GrpcToRest.convert_filter(request.filter) if request.HasField("filter") else None
        found = self._local.count(request.collection_name, where)
        return grpc.CountResponse(result=grpc.CountResult(count=found.count))

    async def Get(self, request: Any, _: Any) -> Any:
        ids = [GrpcToRest.convert_point_id(id) for id in request.ids]
        vectors = list(request.with_vectors.include.names)
        found = self._local.retrieve(request.collection_name, ids, with_vectors=vectors)
        return grpc.GetResponse(result=[RestToGrpc.convert_retrieved_point(record) for record in found])

    async def QueryBatch(self, request: Any, _: Any) -> Any:
        return grpc.QueryBatchResponse(result=[self._found(one) for one in request.query_points])

    def _found(self, asked: Any) -> Any:
        query, where = GrpcToRest.convert_query(asked.query), GrpcToRest.convert_filter(asked.filter)
        params = GrpcToRest.convert_search_params(asked.params) if asked.HasField("params") else None
        answer = self._local.query_points(
            asked.collection_name, query=query, using=asked.using, limit=asked.limit, query_filter=where,
            search_params=params, with_payload=asked.with_payload.enable,
        )  # fmt: skip
        # Local mode ranks what shares no term as well, with a score of 0; the server leaves it out.
        sparse = isinstance(query, models.NearestQuery) and isinstance(query.nearest, models.SparseVector)
        kept = [point for point in answer.points if point.score > 0 or not sparse]
        return grpc.BatchResult(result=[RestToGrpc.convert_scored_point(point) for point in kept])


class Snapshots(grpc.SnapshotsServicer):
    """Named, not made."""

    async def Create(self, request: Any, _: Any) -> Any:
        about = grpc.SnapshotDescription(name=f"{request.collection_name}-1.snapshot", size=7)
        about.creation_time.GetCurrentTime()
        return grpc.CreateSnapshotResponse(snapshot_description=about)


@asynccontextmanager
async def wire(key: str) -> AsyncIterator[tuple[str, Points]]:
    """Its URL; gRPC listens on the next port, as a server's does."""
    local = QdrantClient(":memory:")
    server, points = rpc.aio.server(interceptors=[Guard(key)]), Points(local)
    grpc.add_CollectionsServicer_to_server(Collections(local), server)
    grpc.add_PointsServicer_to_server(points, server)
    grpc.add_SnapshotsServicer_to_server(Snapshots(), server)
    port = _pair()
    server.add_insecure_port(f"127.0.0.1:{port + 1}")
    await server.start()
    try:
        yield f"http://127.0.0.1:{port}", points
    finally:
        await server.stop(None)


def _pair() -> int:
    """A port whose next one is free, too."""
    while True:
        with socket.socket() as one, socket.socket() as next:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                next.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port
