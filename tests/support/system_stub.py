"""A stand-in for all of Cloister behind the bus: takes questions, answers when told to, repeats stored answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.errors import NotFoundError

from shared.events import QueryAnswered, QueryStreamed, query_id
from shared.security.capability import Signer, Verifier
from tests.servers.bus import Server


class Cloister:
    """`asked` holds the questions as they came; each is answered with `text`, unless `silent`."""

    def __init__(self, client: Client, signer: Signer, keys: dict[str, str]) -> None:
        self.client, self.signer, self.keys = client, signer, keys
        self.asked: list[dict[str, Any]] = []
        self.heard = asyncio.Event()
        self.text, self.refusal, self.silent = "Thirty days [1].", {}, False

    async def take(self, message: Msg) -> None:
        ask, name = json.loads(message.data), message.subject.removeprefix("ask.")
        self.asked.append(ask)
        self.heard.set()
        await message.ack()
        if not self.silent:
            await self.answer(name, query_id(name, ask["key"]))

    async def answer(self, name: str, query: str) -> None:
        """A word on the way, then the answer, stored once and signed."""
        word = QueryStreamed(query=query, client=name, kind="token", text=self.text)
        await self.client.publish(word.address(), word.model_dump_json().encode())
        given = {"answer": self.text} if not self.refusal else self.refusal
        answer = QueryAnswered(query=query, client=name, answered_at=datetime.now(UTC), **given)
        body = answer.model_dump_json().encode()
        headers = self.signer.headers(answer.address(), body) | {"Nats-Expected-Last-Subject-Sequence": "0"}
        with suppress(Exception):  # stored before: the first answer counts
            await self.client.jetstream().publish(answer.address(), body, headers=headers)

    async def forged(self, name: str, key: str) -> None:
        """Once the question is there, an answer to it that nobody signed."""
        async with asyncio.timeout(5):
            await self.heard.wait()
        query = query_id(name, key)
        forged = QueryAnswered(query=query, client=name, answer="Never.", answered_at=datetime.now(UTC))
        await self.client.publish(f"answered.{name}.{query}", forged.model_dump_json().encode())

    async def repeat(self, message: Msg) -> None:
        name, query = message.subject.removeprefix("recall."), message.data.decode()
        if query == "answer_keys":
            await self.client.publish(f"stream.{name}.answer_keys", json.dumps(self.keys).encode())
            return
        with suppress(NotFoundError):
            stored = await self.client.jetstream().get_msg("ANSWERS", subject=f"answer.{name}.{query}", direct=True)
            kept = {key: value for key, value in (stored.headers or {}).items() if not key.startswith("Nats-")}
            await self.client.publish(f"answered.{name}.{query}", stored.data or b"", headers=kept)

    async def serve(self) -> None:
        asks = await self.client.jetstream().pull_subscribe_bind("gateway", "ASKS", inbox_prefix=b"_INBOX_gateway.")
        await self.client.subscribe("recall.*", cb=self.repeat)
        while True:
            with suppress(TimeoutError):
                for message in await asks.fetch(1, timeout=5):
                    await self.take(message)


@asynccontextmanager
async def answering(bus: Server) -> AsyncIterator[Cloister]:
    """It runs while the block does."""
    async with bus.connect("gateway") as client:
        keys = bus.keys / "answers"
        cloister = Cloister(client, Signer("gateway", keys / "gateway.key"), Verifier(keys).texts)
        serving = asyncio.create_task(cloister.serve())
        try:
            yield cloister
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
