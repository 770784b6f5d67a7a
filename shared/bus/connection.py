"""A service's connection to the bus: publish, request, look up. The server enforces its permissions."""

import asyncio
import logging
from functools import cached_property
from typing import Any, TypeVar, cast
from uuid import uuid4

import nats.errors
from faststream import AckPolicy
from faststream.nats import NatsBroker
from faststream.nats.security import NatsNKey
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import APIError, BadRequestError, NoStreamResponseError, NotFoundError
from nats.js.object_store import ObjectStore
from pydantic import BaseModel

from shared.bus import client_connections, object_store
from shared.bus.delivery import Delivery, stored
from shared.bus.envelope import headers_of, traced
from shared.bus.numbering import Numbering
from shared.bus.tracing import publishing
from shared.errors import Conflict, NotReady, Refused, Unavailable
from shared.events import Event, Refusal, Request
from shared.settings import Settings
from shared.streams.tls import context_of
from shared.telemetry import noted

WRONG_LAST_SEQUENCE = 10071
RESTART_SECONDS = 8.0  # a service imports for 1-3 s on two idle cores before it subscribes
Reply = TypeVar("Reply", bound=BaseModel)

# A stream whose servers choose a new leader says the same as one that is missing.
NO_STREAM = """The bus does not take {} now. Try again in a few seconds. If it stays so, a stream is missing:
the operator runs `cloister streams apply`.""".replace("\n", " ")


class Bus:
    """What a service does on the bus. `name` is the connection's, unique in the world."""

    def __init__(self, service: str, settings: Settings) -> None:
        self.service = service
        self.name = f"{service}.{uuid4().hex[:12]}"
        self._numbering = Numbering(self.name)
        context = context_of(settings)
        self.broker = NatsBroker(
            settings.bus_url,
            name=self.name,
            security=NatsNKey.from_seed(
                seed_of(settings, service), ssl_context=context, tls_handshake_first=context is not None
            ),
            inbox_prefix=f"_INBOX_{service}",
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            connect_timeout=5,
            ping_interval=10,
            graceful_timeout=settings.drain_seconds,
            ack_policy=AckPolicy.NACK_ON_ERROR,
            apply_types=False,
            logger=logging.getLogger("cloister.broker"),
            log_level=logging.DEBUG,
        )

    @cached_property
    def client(self) -> Client:
        connection: Client = self.broker.config.connection_state.connection
        return connection

    @cached_property
    def jetstream(self) -> JetStreamContext:
        stream: JetStreamContext = self.broker.config.connection_state.stream
        return stream

    async def publish(self, event: Event, *, headers: dict[str, str] | None = None, absent: bool = False) -> None:
        """Stored when this returns. `absent`: only when the subject holds nothing yet, else `Conflict`."""
        body = event.model_dump_json().encode()
        with publishing(self.service, event, len(body)):
            head = headers_of(event, self.service) | (headers or {})
            if absent:
                head["Nats-Expected-Last-Subject-Sequence"] = "0"
            await self._numbered(event.address(), body, head)

    async def _numbered(self, subject: str, data: bytes, headers: dict[str, str]) -> None:
        numbers, counted = self._numbering.take(subject)
        stored = False
        try:
            stored = await self._stored_now(subject, data, headers | counted) > 0
        finally:
            if not stored:
                self._numbering.lost(numbers)

    async def append(self, subject: str, data: bytes, headers: dict[str, str], *, after: int) -> int:
        """Store bytes right after the stream's message number `after`; their own. `Conflict` when another is there."""
        return await self._stored_now(subject, data, headers | {"Nats-Expected-Last-Sequence": str(after)})

    async def _stored_now(self, subject: str, data: bytes, headers: dict[str, str]) -> int:
        """The number in the stream, or 0 when the stream holds it for one that it has already."""
        try:
            kept = await self.jetstream.publish(subject, data, timeout=5, headers=headers)
            return 0 if kept.duplicate else kept.seq
        except BadRequestError as error:
            if error.err_code == WRONG_LAST_SEQUENCE:
                raise Conflict(subject) from error
            raise
        except NoStreamResponseError as error:
            raise Unavailable(NO_STREAM.format(subject)) from error
        except APIError as error:
            raise Unavailable(f"The queue is full ({error.description}). Ask again later.", "queue_full", 5) from error
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"The bus does not take events now ({error or type(error).__name__}).") from error

    async def publish_ephemeral(self, event: Event) -> None:
        """Delivered to current subscribers only; not stored."""
        await self.client.publish(
            event.address(), event.model_dump_json().encode(), headers=headers_of(event, self.service)
        )

    async def send(self, subject: str, data: bytes, headers: dict[str, str] | None = None) -> None:
        """Bytes to a subject; not stored."""
        await self.client.publish(subject, data, headers=headers)

    async def request(self, request: Request[Reply], timeout: float = 5.0) -> Reply:  # noqa: ASYNC109
        """The reply. Raises the replier's `Refused`, or `Unavailable` when none comes in `timeout` seconds."""
        try:
            message = await self._reply(request, timeout)
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(
                f"{request.subject.split('.')[0]} does not answer now. Try again in a few seconds."
            ) from error
        if (message.headers or {}).get("cloister-refused"):
            refusal = Refusal.model_validate_json(message.data)
            if refusal.status == 503:
                raise Unavailable(refusal.error, refusal.reason, refusal.retry_after or 2)
            raise Refused(refusal.reason, refusal.error, refusal.status, refusal.retry_after, refusal.values)
        return cast(Reply, request.reply.model_validate_json(message.data))

    async def _reply(self, request: Request[Any], timeout: float) -> Msg:  # noqa: ASYNC109
        """Waits for a service that starts again; a request that it received is not sent twice."""
        until = asyncio.get_running_loop().time() + RESTART_SECONDS
        noted(request)
        while True:
            try:
                return await self.client.request(
                    request.subject, request.model_dump_json().encode(), timeout=timeout, headers=traced()
                )
            except nats.errors.NoRespondersError:
                if asyncio.get_running_loop().time() > until:
                    raise
                await asyncio.sleep(0.1)

    async def purge(self, stream: str, subject: str) -> None:
        """Take away what a stream holds of one subject."""
        try:
            await self.jetstream.purge_stream(stream, subject=subject)
        except (nats.errors.Error, OSError) as error:
            raise Unavailable("The bus does not answer now. Try again in a few seconds.") from error

    async def last(self, stream: str, subject: str) -> Delivery | None:
        """The newest stored message of a subject."""
        return await self._stored(stream, subject=subject)

    async def message(self, stream: str, sequence: int) -> Delivery | None:
        """The stored message of a sequence number, if it is still there."""
        return await self._stored(stream, seq=sequence)

    async def after(self, stream: str, sequence: int, subject: str) -> Delivery | None:
        """The first stored message of a subject after a sequence number."""
        return await self._stored(stream, seq=sequence + 1, subject=subject, next=True)

    async def _stored(self, stream: str, **which: Any) -> Delivery | None:
        try:
            return stored(await self.jetstream.get_msg(stream, direct=True, **which), stream)
        except NotFoundError:
            return None
        except (nats.errors.Error, OSError) as error:
            raise Unavailable("The bus does not answer now. Try again in a few seconds.") from error

    async def connections(self, account: str) -> list[client_connections.Connection]:
        """Who is connected to an account of the bus."""
        return await client_connections.listed(self.client, account)

    async def close_connections(self, connections: list[client_connections.Connection]) -> None:
        """End them; their programs may connect anew if their credential still holds."""
        await client_connections.closed(self.client, connections)

    async def erase(self, stream: str, subject: str) -> int:
        """Overwrite what is stored under a subject; 1 when there was something."""
        kept = await self.last(stream, subject)
        if kept is None:
            return 0
        try:
            # `no_erase` false: the server writes random bytes over it at once, a purge would leave it on the disk.
            await self.jetstream.delete_msg(stream, kept.sequence)
        except NotFoundError:
            return 0
        except (nats.errors.Error, OSError) as error:
            raise Unavailable("The bus does not answer now. Try again in a few seconds.") from error
        return 1

    async def _objects(self) -> ObjectStore:
        return await self.jetstream.object_store(object_store.BUCKET)

    async def put_object(self, name: str, data: bytes) -> None:
        """Keep bytes under a new name."""
        try:
            await (await self._objects()).put(name, data)
        except (nats.errors.Error, OSError) as error:
            raise Unavailable(f"The object store does not take files now ({error}).") from error

    async def get_object(self, name: str) -> bytes:
        """The bytes kept under a name; `Refused` (404) when there are none."""
        try:
            return await object_store.read(self.jetstream, name)
        except NotFoundError as error:
            raise Refused("object_not_found", "The bytes of this document are gone. Upload it again.", 404) from error
        except (nats.errors.Error, OSError) as error:
            raise Unavailable("The object store does not answer now. Try again in a few seconds.") from error

    async def delete_object(self, name: str) -> None:
        """Take them away; nothing happens when they are gone already."""
        await object_store.delete(self.jetstream, name)

    async def loose_objects(self, known: object_store.Known) -> set[str]:
        """What is kept under no name that `known` gives back."""
        return await object_store.loose(self.client, self.jetstream, known)

    async def drop_object(self, subject: str) -> None:
        """Take away what is loose."""
        await object_store.drop(self.jetstream, subject)


async def settled(client: Client) -> None:
    """Returns when the server has all that was sent, subscriptions too."""
    # Twice: nats-py writes the PING of a flush ahead of what still waits to be written.
    await client.flush()
    await client.flush()


def seed_of(settings: Settings, service: str) -> str:
    """The service's own key for the bus."""
    path = settings.keys_dir / "bus" / f"{service}.seed"
    try:
        return path.read_text().strip()
    except OSError as error:
        raise NotReady(
            f"{service} has no key for the bus: {path} ({error.strerror}). Run `python -m infra.nats`, which makes it."
        ) from error
