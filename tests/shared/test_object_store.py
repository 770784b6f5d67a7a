"""Bytes come back as they were kept, or not at all."""

import pytest

from shared.bus import Bus
from shared.bus.object_store import BUCKET, CHUNKS, STREAM
from shared.errors import Refused
from tests.servers.bus import Server, bus

__all__ = ["bus"]
DATA = bytes(range(256)) * 1024  # two chunks of the store's


@pytest.mark.parametrize("size", [0, 1, len(DATA)])
async def test_what_was_kept_comes_back(bus: Server, size: int) -> None:
    store = Bus("ingestion", bus.settings)
    await store.broker.connect()
    await store.put_object("whole", DATA[:size])
    assert await store.get_object("whole") == DATA[:size]
    await store.broker.stop()


async def test_bytes_of_the_same_length_that_are_others_are_refused(bus: Server) -> None:
    store = Bus("ingestion", bus.settings)
    await store.broker.connect()
    await store.put_object("forged", DATA)
    info = await (await store.jetstream.object_store(BUCKET)).get_info("forged")
    subject = f"{CHUNKS}{info.nuid}"
    last = await store.jetstream.get_msg(STREAM, subject=subject)
    assert last.data
    assert last.seq
    await store.jetstream.delete_msg(STREAM, last.seq)
    await store.jetstream.publish(subject, last.data[:-1] + b"!")
    with pytest.raises(Refused) as refused:
        await store.get_object("forged")
    assert (refused.value.reason, refused.value.status) == ("object_not_found", 404)
    await store.broker.stop()
