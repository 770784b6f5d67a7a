"""The bus client of business systems: `async with Bus(url, "crm", key) as bus: answer = await bus.ask("…")`."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypedDict, Unpack
from uuid import uuid4
from weakref import WeakSet

from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError
from nats.js.errors import APIError, NoStreamResponseError
from pydantic import TypeAdapter, ValidationError

from client.sdk.bus_connection import BusConnection, Key
from client.sdk.errors import Refused, TimedOut
from client.sdk.signatures import AnswerVerifier
from shared.events import Ask, Lane, QueryAnswered, QueryStreamed, Signal, query_id

ANSWER_SECONDS = 300
RECALL_SECONDS = 15
SIGNAL_SECONDS = 30
MOST_BYTES = 65_000  # the bus accepts 64 KiB with headers, and disconnects a client that sends more than 70,000
TOO_LARGE, FULL = 10054, 10077
ANSWER_KEYS = "answer_keys"
KEYS = TypeAdapter(dict[str, str])
AnswerEvent = QueryStreamed | QueryAnswered


class AskOptions(TypedDict, total=False):
    """What may be said beside the question; all of it may be left out."""

    workspace: str | None  # all that the system may ask, without it and without `workspaces`
    workspaces: Sequence[str]
    key: str | None  # one's own name of this question: asked again, it gives the same answer
    lane: Lane
    on_behalf_of: str  # a person's token: the answer keeps within that person's rights
    timeout: float  # seconds, 300 without it
    named_query: str | None
    parameters: Mapping[str, Any]  # of the named query
    data: Mapping[str, Any]  # rows or texts by name, sent along
    response_format: Mapping[str, Any] | None  # a JSON schema


def _too_large() -> Refused:
    return Refused("too_big", "The question is larger than 64 KiB. Shorten it.", 413)


class Bus:
    """`name` and `key` come from `cloister keys add NAME --bus`. The signature of every answer is verified.

    The keys for that come from the bus, on a subject that only Cloister may publish on, or are given as `answer_keys`.
    Instead of the key, a `ServiceAccount` provides tokens of the company's issuer.
    """

    def __init__(
        self, url: str, name: str, key: Key, answer_keys: Mapping[str, str] | None = None, *, ca: Path | str = ""
    ) -> None:
        """`ca` is the PEM file of the bus's certificate authority; by default CLOISTER_NATS_CA, then the system's."""
        self.name = name
        self._verifier = AnswerVerifier(answer_keys)
        self._queues: dict[str, list[asyncio.Queue[AnswerEvent]]] = {}
        self._listeners = WeakSet[asyncio.Queue[QueryAnswered]]()
        subscriptions = {f"answered.{name}.>": self._answered, f"stream.{name}.>": self._streamed}
        self._connection = BusConnection(url, name, key, subscriptions, self._request_all_stored, ca)

    async def __aenter__(self) -> Self:
        await self._connection.open()
        await self._request_stored(ANSWER_KEYS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._connection.close()

    async def ask(self, question: str, **options: Unpack[AskOptions]) -> QueryAnswered:
        """The answer. The same `key` returns the same answer, also days later and from another machine."""
        async with aclosing(self.stream(question, **options)) as events:
            async for event in events:
                if isinstance(event, QueryAnswered):
                    return event
        raise AssertionError("a stream ends with its answer")

    async def stream(self, question: str, **options: Unpack[AskOptions]) -> AsyncGenerator[AnswerEvent, None]:
        """Progress and tokens as they arrive, the answer last. When `attempt` increases, the text starts again."""
        until, key = time.monotonic() + options.pop("timeout", ANSWER_SECONDS), options.pop("key", None) or uuid4().hex
        ask = Ask.model_validate({"question": question, "key": key} | options)
        query, queue, newest = query_id(self.name, key), asyncio.Queue[AnswerEvent](), (0, -1)
        self._queues.setdefault(query, []).append(queue)
        try:
            await self._publish(ask, until)
            while True:
                event = await self._next(query, queue, until, key)
                if isinstance(event, QueryAnswered):
                    yield event
                    return
                if _is_newer(event, newest):
                    newest = max(newest, (event.attempt, event.n if _is_numbered(event) else -1))
                    yield event
        finally:
            self._queues[query].remove(queue)
            if not self._queues[query]:
                del self._queues[query]

    async def signal(
        self, name: str, fields: Mapping[str, str | int | float | bool | None], key: str | None = None
    ) -> None:
        """A reading or event, kept by the bus when this returns. Rules decide what is asked about it."""
        signal = Signal(name=name, fields=dict(fields), key=key or uuid4().hex)
        await self._publish(signal, time.monotonic() + SIGNAL_SECONDS)

    def answers(self) -> AsyncGenerator[QueryAnswered, None]:
        """Every answer to this system from this call on, also to signals and schedules; each once."""
        queue = asyncio.Queue[QueryAnswered]()
        self._listeners.add(queue)
        return _each_once(queue)

    async def _publish(self, ask: Ask | Signal, until: float) -> None:
        """Return once the bus has stored it. Repeated after a disconnection: the key makes it the same question."""
        body = ask.model_dump_json(exclude_defaults=True).encode()
        subject = ask.model_copy(update={"client": self.name}).address()
        if len(body) > MOST_BYTES:
            raise _too_large()
        while (left := until - time.monotonic()) > 0:
            try:
                async with asyncio.timeout(left):
                    jetstream = await self._connection.jetstream()
                    await jetstream.publish(subject, body, timeout=min(left, 5))
                return
            except (APIError, NoStreamResponseError, MaxPayloadError) as error:
                raise _publish_error(error) from error
            except (Error, TimeoutError):
                if "ermissions violation" in self._connection.last_error:
                    words = (
                        f"The bus does not let {self.name!r} ask ({self._connection.last_error}). Check the key's name."
                    )
                    raise Refused("forbidden", words, 403) from None
                await asyncio.sleep(0.05)
        raise self._timed_out(str(ask.key))

    async def _next(self, query: str, queue: asyncio.Queue[AnswerEvent], until: float, key: str) -> AnswerEvent:
        """The next event. After 15 seconds of silence the stored answer is requested, in case it was missed."""
        while (left := until - time.monotonic()) > 0:
            try:
                event = await asyncio.wait_for(queue.get(), min(left, RECALL_SECONDS))
            except TimeoutError:
                if not self._verifier.has_keys:
                    await self._request_stored(ANSWER_KEYS)
                await self._request_stored(query)
                continue
            if isinstance(event, QueryAnswered) and event.error:
                raise Refused(event.reason or "failed", event.error, event.status)
            return event
        raise self._timed_out(key)

    def _timed_out(self, key: str) -> TimedOut:
        last_error = f" What went wrong: {self._connection.last_error}." if self._connection.last_error else ""
        return TimedOut(f"No answer in time.{last_error} It may still come: ask again with key={key!r}.")

    async def _request_stored(self, query: str) -> None:
        await self._connection.publish_unconfirmed(f"recall.{self.name}", query.encode())

    async def _request_all_stored(self) -> None:
        await self._request_stored(ANSWER_KEYS)
        for query in list(self._queues):
            await self._request_stored(query)

    async def _answered(self, message: Msg) -> None:
        """Called for stored answers only. An answer with an invalid signature is ignored."""
        subject = f"answer.{message.subject.removeprefix('answered.')}"
        if self._verifier.verify(subject, message.data, message.headers):
            self._deliver(QueryAnswered, message)
        elif not self._verifier.has_keys:
            self._connection.last_error = "the keys that verify answers have not arrived yet"
        else:
            self._connection.last_error = (
                f"the signature of {subject} is invalid; check that these are the answer keys of this Cloister"
            )

    async def _streamed(self, message: Msg) -> None:
        if message.subject == f"stream.{self.name}.{ANSWER_KEYS}":
            return await self._set_keys(message.data)
        self._deliver(QueryStreamed, message)

    async def _set_keys(self, data: bytes) -> None:
        """Set the keys that verify answers, and request the answers that came before them again."""
        if self._verifier.fixed:
            return
        try:
            self._verifier.set_keys(KEYS.validate_json(data))
        except ValueError:  # another client may publish here, but not valid keys
            return
        for query in list(self._queues):
            await self._request_stored(query)

    def _deliver(self, kind: type[QueryStreamed] | type[QueryAnswered], message: Msg) -> None:
        waiting = self._queues.get(message.subject.rsplit(".", 1)[-1], [])
        if not waiting and not self._listeners:
            return
        try:
            event: AnswerEvent = kind.model_validate_json(message.data)
        except ValidationError:
            return
        for queue in waiting:
            queue.put_nowait(event)
        if isinstance(event, QueryAnswered):
            for every in self._listeners:
                every.put_nowait(event)


async def _each_once(queue: asyncio.Queue[QueryAnswered]) -> AsyncGenerator[QueryAnswered, None]:
    delivered = set[str]()
    while True:
        answer = await queue.get()
        if answer.query not in delivered:
            delivered.add(answer.query)
            yield answer


def _publish_error(error: Exception) -> Refused:
    code = getattr(error, "err_code", 0)
    if code == TOO_LARGE or isinstance(error, MaxPayloadError):
        return _too_large()
    if code == FULL:
        return Refused("queue_full", "Too many of your questions are already waiting. Ask again later.", 503, 5)
    return Refused("unavailable", f"The bus stores no questions now ({error}). Ask again later.", 503, 5)


def _is_numbered(event: QueryStreamed) -> bool:
    """Events of a worker are numbered; queue positions are not."""
    return event.kind != "progress" or event.n > 0


def _is_newer(event: QueryStreamed, newest: tuple[int, int]) -> bool:
    """Neither of an earlier attempt nor a duplicate: two connections receive the same while a login is renewed."""
    return (event.attempt, event.n) > newest if _is_numbered(event) else event.attempt >= newest[0]
