"""A file's journey over a real bus: received, read, rejected or chunked, indexed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.ingestion.handlers import service
from shared.bus import Bus, Service
from shared.bus.runtime import running
from shared.errors import Refused
from shared.events import DeleteDocument, Describe, DocumentChunked, DocumentIndexed, DocumentRejected, DocumentState
from shared.security.capability import sign
from tests.servers.bus import Server, bus
from tests.services.ingestion import running as files

__all__ = ["bus"]


class Work:
    """The gateway's side, and an index that takes everything."""

    def __init__(self, gateway: Bus) -> None:
        self.gateway, self.chunked = gateway, list[DocumentChunked]()

    async def upload(self, data: bytes, title: str) -> DocumentState:
        request = files.received(data, title)
        await self.gateway.put_object(request.object, data)
        state: DocumentState = await self.gateway.request(request)
        return state

    async def ended(self, document_id: str) -> DocumentState:
        """The document when its journey is over."""
        capability = sign(files.right("finance"), files.KEY)
        async with asyncio.timeout(20):
            while True:
                asked = Describe(capability=capability, query="q", document_id=document_id)
                state: DocumentState = (await self.gateway.request(asked)).documents[0]
                if state.status in ("indexed", "rejected"):
                    return state
                await asyncio.sleep(0.02)


@asynccontextmanager
async def working(server: Server, patch: pytest.MonkeyPatch) -> AsyncIterator[Work]:
    patch.setattr("services.ingestion.handlers.settings", lambda: server.settings)
    (server.settings.keys_dir / "auth.pub").write_bytes(files.KEY.as_pem(private=False))
    index, gateway = Service("retrieval"), Bus("gateway", server.settings)
    work = Work(gateway)

    @index.consume(DocumentChunked)
    @index.publishes(DocumentIndexed)
    async def take(event: DocumentChunked) -> DocumentIndexed | None:
        work.chunked.append(event)
        about = event.model_dump(include={"document_id", "revision", "workspace", "title", "pages"})
        last = event.batch == event.batches - 1
        return DocumentIndexed(**about, chunks=event.chunks[-1].n + 1) if last else None

    await gateway.broker.connect()
    async with running(service, server.settings), running(index, server.settings):
        yield work
    await gateway.broker.stop()


async def test_a_file_becomes_chunks_and_its_document_is_indexed(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async with working(bus, monkeypatch) as work:
        first = await work.upload(files.pdf("Revenue was 5 million.", "Costs were 3 million."), "report.pdf")
        assert first.status == "received"
        state = await work.ended(first.document_id)
        assert (state.status, state.pages, state.chunks, state.media_type) == ("indexed", 2, 2, "application/pdf")
        assert [(chunk.page, chunk.text) for chunk in work.chunked[0].chunks][1] == (2, "Costs were 3 million.")


async def test_a_broken_file_is_rejected_in_words_and_the_next_one_is_read(
    bus: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with working(bus, monkeypatch) as work:
        broken = await work.upload(b"%PDF-1.7 broken", "a.pdf")
        state = await work.ended(broken.document_id)
        assert (state.status, state.code) == ("rejected", "damaged")
        assert "damaged" in (state.reason or "")
        again = await work.upload(files.pdf("Now it is whole."), "a.pdf")
        assert (again.document_id, again.revision) == (broken.document_id, 2)
        assert (await work.ended(again.document_id)).status == "indexed"


async def test_lost_bytes_are_told(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async with working(bus, monkeypatch) as work:
        state: DocumentState = await work.gateway.request(files.received(b"never stored", "a.txt"))
        assert "Upload it again" in ((await work.ended(state.document_id)).reason or "")


async def test_a_discarded_document_takes_its_bytes_along(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async with working(bus, monkeypatch) as work:
        state = await work.upload("付款条件".encode("gbk"), "terms.txt")
        await work.ended(state.document_id)
        capability = sign(files.right("finance"), files.KEY)
        gone = await work.gateway.request(
            DeleteDocument(capability=capability, query="q", document_id=state.document_id)
        )
        assert gone.status == "removed"
        with pytest.raises(Refused):
            await work.gateway.get_object(state.object)
        with pytest.raises(Refused) as refusal:
            await work.gateway.request(Describe(capability=capability, query="q", document_id=state.document_id))
        assert (refusal.value.reason, refusal.value.status) == ("document_not_found", 404)


async def test_a_capability_of_another_query_or_action_is_refused(bus: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async with working(bus, monkeypatch) as work:
        reading = sign(files.right("finance", actions=("read",)), files.KEY)
        for changed in ({"query": "other"}, {"capability": reading}, {"capability": "x"}):
            with pytest.raises(Refused) as refusal:
                await work.gateway.request(files.received(b"a", "a.txt").model_copy(update=changed))
            assert (refusal.value.reason, refusal.value.status) == ("bad_capability", 403)


def test_what_ingestion_says_is_declared() -> None:
    assert {event for events in service.published.values() for event in events} >= {DocumentChunked, DocumentRejected}
