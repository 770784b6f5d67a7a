"""A business system's side of the bus: `async with Bus(url, "crm", key) as bus: answer = await bus.ask("…")`."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4
from weakref import WeakSet

from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError
from nats.js.errors import APIError, NoStreamResponseError
from pydantic import TypeAdapter, ValidationError

from client.sdk.bus_connection import Key, Line
from client.sdk.errors import Refused, TimedOut
from client.sdk.signatures import Proof
from shared.events import Ask, Lane, QueryAnswered, QueryStreamed, Signal, query_id

ANSWER_SECONDS = 300
RECALL_SECONDS = 15
SIGNAL_SECONDS = 30
MOST_BYTES = 65_000  # the bus takes 64 KiB with headers, and hangs up on more than 70,000
TOO_LARGE, FULL = 10054, 10077
ANSWER_KEYS = "answer_keys"
KEYS = TypeAdapter(dict[str, str])
Piece = QueryStreamed | QueryAnswered


def _too_big() -> Refused:
    return Refused("too_big", "The question is larger than 64 KiB. Shorten it.", 413)


class Bus:
    """`name` and `key` come from `cloister keys add NAME --bus`. Every answer is proven.

    The keys for that are asked for on the bus, where nobody but Cloister can tell them; or given as `answer_keys`.
    In place of the key, a `ServiceAccount` brings tokens of the company's issuer.
    """

    def __init__(
        self, url: str, name: str, key: Key, answer_keys: Mapping[str, str] | None = None, *, ca: Path | str = ""
    ) -> None:
        """`ca` is the PEM file of the bus's certificate authority; else CLOISTER_NATS_CA, else the system's."""
        self.name = name
        self._proof = Proof(answer_keys)
        self._waiting: dict[str, list[asyncio.Queue[Piece]]] = {}
        self._listening = WeakSet[asyncio.Queue[QueryAnswered]]()
        ears = {f"answered.{name}.>": self._answered, f"stream.{name}.>": self._streamed}
        self._line = Line(url, name, key, ears, self._recall_all, ca)

    async def __aenter__(self) -> Self:
        await self._line.open()
        await self._recall(ANSWER_KEYS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._line.close()

    async def ask(
        self, question: str, *, workspace: str | None = None, key: str | None = None, lane: Lane = "system",
        on_behalf_of: str = "", timeout: float = ANSWER_SECONDS, workspaces: Sequence[str] = (),  # noqa: ASYNC109
        **wish: Any,
    ) -> QueryAnswered:  # fmt: skip
        """The answer. Asked again with the same `key`, also days later and from elsewhere, it is the same one.

        `wish`: `named_query` with `parameters`, `data` (rows or texts by name), `response_format` (a JSON schema).
        """
        pieces = self.stream(
            question, workspace=workspace, key=key, lane=lane, on_behalf_of=on_behalf_of, timeout=timeout,
            workspaces=workspaces, **wish,
        )  # fmt: skip
        async with aclosing(pieces):
            async for piece in pieces:
                if isinstance(piece, QueryAnswered):
                    return piece
        raise AssertionError("a stream ends with its answer")

    async def stream(
        self, question: str, *, workspace: str | None = None, key: str | None = None, lane: Lane = "system",
        on_behalf_of: str = "", timeout: float = ANSWER_SECONDS, workspaces: Sequence[str] = (),  # noqa: ASYNC109
        **wish: Any,
    ) -> AsyncGenerator[Piece, None]:  # fmt: skip
        """Progress and tokens as they come, the answer last. When `attempt` grows, the text begins anew."""
        until, key = time.monotonic() + timeout, key or uuid4().hex
        ask = Ask(
            question=question, workspace=workspace, workspaces=tuple(workspaces), key=key, lane=lane,
            on_behalf_of=on_behalf_of, **wish,
        )  # fmt: skip
        query, heard, newest = query_id(self.name, key), asyncio.Queue[Piece](), (0, -1)
        self._waiting.setdefault(query, []).append(heard)
        try:
            await self._publish(ask, until)
            while True:
                piece = await self._next(query, heard, until, key)
                if isinstance(piece, QueryAnswered):
                    yield piece
                    return
                if _new(piece, newest):
                    newest = max(newest, (piece.attempt, piece.n if _counted(piece) else -1))
                    yield piece
        finally:
            self._waiting[query].remove(heard)
            if not self._waiting[query]:
                del self._waiting[query]

    async def signal(
        self, name: str, fields: Mapping[str, str | int | float | bool | None], key: str | None = None
    ) -> None:
        """A reading or event, kept by the bus when this returns. Rules decide what is asked about it."""
        signal = Signal(name=name, fields=dict(fields), key=key or uuid4().hex)
        await self._publish(signal, time.monotonic() + SIGNAL_SECONDS)

    def answers(self) -> AsyncGenerator[QueryAnswered, None]:
        """Every answer to this system from this call on, also to signals and schedules; each once."""
        heard = asyncio.Queue[QueryAnswered]()
        self._listening.add(heard)
        return _each_once(heard)

    async def _publish(self, ask: Ask | Signal, until: float) -> None:
        """Kept by the bus when this returns. Repeated after a cut: the key makes it the same question."""
        body = ask.model_dump_json(exclude_defaults=True).encode()
        subject = ask.model_copy(update={"client": self.name}).address()
        if len(body) > MOST_BYTES:
            raise _too_big()
        while (left := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    jetstream = await self._line.jetstream()
                    await jetstream.publish(subject, body, timeout=min(left, 5))
                return
            except (APIError, NoStreamResponseError, MaxPayloadError) as error:
                raise _refusal(error) from error
            except (Error, TimeoutError):
                if "ermissions violation" in self._line.trouble:
                    words = f"The bus does not let {self.name!r} ask ({self._line.trouble}). Check the key's name."
                    raise Refused("forbidden", words, 403) from None
                await asyncio.sleep(0.05)
        raise self._late(str(ask.key))

    async def _next(self, query: str, heard: asyncio.Queue[Piece], until: float, key: str) -> Piece:
        """The next piece; when it is quiet for long, the stored answer is asked for, should it have been missed."""
        while (left := until - time.monotonic()) > 0:
            try:
                piece = await asyncio.wait_for(heard.get(), min(left, RECALL_SECONDS))
            except TimeoutError:
                if not self._proof.known:
                    await self._recall(ANSWER_KEYS)
                await self._recall(query)
                continue
            if isinstance(piece, QueryAnswered) and piece.error:
                raise Refused(piece.reason or "failed", piece.error, piece.status)
            return piece
        raise self._late(key)

    def _late(self, key: str) -> TimedOut:
        trouble = f" What went wrong: {self._line.trouble}." if self._line.trouble else ""
        return TimedOut(f"No answer in time.{trouble} It may still come: ask again with key={key!r}.")

    async def _recall(self, query: str) -> None:
        await self._line.say(f"recall.{self.name}", query.encode())

    async def _recall_all(self) -> None:
        await self._recall(ANSWER_KEYS)
        for query in list(self._waiting):
            await self._recall(query)

    async def _answered(self, message: Msg) -> None:
        """Only what the server stored comes here; a signature that fails is no answer."""
        subject = f"answer.{message.subject.removeprefix('answered.')}"
        if self._proof.holds(subject, message.data, message.headers):
            self._give(QueryAnswered, message)
        elif not self._proof.known:
            self._line.trouble = "the keys that prove answers have not come yet"
        else:
            self._line.trouble = (
                f"the signature of {subject} does not hold; are these the answer keys of this Cloister?"
            )

    async def _streamed(self, message: Msg) -> None:
        if message.subject == f"stream.{self.name}.{ANSWER_KEYS}":
            return await self._learn(message.data)
        self._give(QueryStreamed, message)

    async def _learn(self, data: bytes) -> None:
        """The keys that prove answers; then what came before them once more."""
        if self._proof.given:
            return
        try:
            self._proof.learn(KEYS.validate_json(data))
        except ValueError:  # another client can lead foreign messages here, and nothing that reads as keys
            return
        for query in list(self._waiting):
            await self._recall(query)

    def _give(self, kind: type[QueryStreamed] | type[QueryAnswered], message: Msg) -> None:
        waiting = self._waiting.get(message.subject.rsplit(".", 1)[-1], [])
        if not waiting and not self._listening:
            return
        try:
            piece: Piece = kind.model_validate_json(message.data)
        except ValidationError:
            return
        for heard in waiting:
            heard.put_nowait(piece)
        if isinstance(piece, QueryAnswered):
            for every in self._listening:
                every.put_nowait(piece)


async def _each_once(heard: asyncio.Queue[QueryAnswered]) -> AsyncGenerator[QueryAnswered, None]:
    known = set[str]()
    while True:
        answer = await heard.get()
        if answer.query not in known:
            known.add(answer.query)
            yield answer


def _refusal(error: Exception) -> Refused:
    code = getattr(error, "err_code", 0)
    if code == TOO_LARGE or isinstance(error, MaxPayloadError):
        return _too_big()
    if code == FULL:
        return Refused("queue_full", "Too many of your questions wait already. Ask again later.", 503, 5)
    return Refused("unavailable", f"The bus keeps no questions now ({error}). Ask again later.", 503, 5)


def _counted(piece: QueryStreamed) -> bool:
    """Only what the worker says has a number; places in the queue have none."""
    return piece.kind != "progress" or piece.n > 0


def _new(piece: QueryStreamed, newest: tuple[int, int]) -> bool:
    """Neither of an earlier attempt nor heard before: while a login is renewed, two connections hear the same."""
    return (piece.attempt, piece.n) > newest if _counted(piece) else piece.attempt >= newest[0]
