"""A home whose bus was not encrypted yet: it is from the next start on, and nothing of it is lost."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from infra.nats import configuration
from infra.nats.server import configure, port_of, start
from tests.servers.bus import nats_server

CANARY = "zinnwaldite-canary"


def plain(home: Path) -> list[str]:
    """Files below the bus's store in which the canary stands."""
    files = [path for path in (home / "nats").rglob("*") if path.is_file()]
    return [path.name for path in files if CANARY.encode() in path.read_bytes()]


@pytest.mark.parametrize("messages", [3, 200])
async def test_an_existing_store_is_encrypted_and_keeps_its_messages(
    tmp_path: Path, messages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr(configuration, "_at_rest", lambda _: {})
        opened = ExitStack()
        server = opened.enter_context(nats_server(tmp_path))
    with opened:
        async with server.connect("gateway") as client:
            for n in range(messages):
                await client.jetstream().publish("query.asked.v1", json.dumps({"query": CANARY, "n": n}).encode())
        server.stop()
        assert plain(tmp_path)
        conf = configure(tmp_path, tmp_path / "keys", 0)
        server.process, server.conf = start(conf), conf
        assert port_of(conf) == server.port
        async with server.connect("gateway") as client:
            found = [await read(client, number) for number in (1, messages)]
        assert found == [{"query": CANARY, "n": 0}, {"query": CANARY, "n": messages - 1}]
        server.stop()
        assert plain(tmp_path) == []
        server.process = start(conf)


async def read(client: object, number: int) -> object:
    message = await client.jetstream().get_msg("QUERIES", seq=number, direct=True)  # type: ignore[attr-defined]
    return json.loads(message.data)
