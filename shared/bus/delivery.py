"""One received message, stored or not."""

from dataclasses import dataclass, field
from typing import Any

from nats.aio.msg import Msg
from nats.js.api import RawStreamMsg


@dataclass(frozen=True, slots=True)
class Delivery:
    """`reply` is the acknowledgement subject; `attempt` counts deliveries from 1; `sequence` is the stream's."""

    subject: str
    headers: dict[str, str]
    data: bytes
    stream: str = ""
    sequence: int = 0
    attempt: int = 1
    reply: str = ""
    raw: Any = field(default=None, repr=False, compare=False)

    async def ack(self) -> None:
        """Done with it."""
        await self.raw.ack()

    async def nack(self, delay: float = 0) -> None:
        """Offer it again after `delay` seconds."""
        await self.raw.nak(delay=delay)

    async def in_progress(self) -> None:
        """Still working on it: the server waits another `ack_wait`."""
        await self.raw.in_progress()


def received(message: Msg) -> Delivery:
    """A message as it came from a subscription."""
    headers = dict(message.headers or {})
    if not message.reply.startswith("$JS.ACK."):
        return Delivery(message.subject, headers, message.data, reply=message.reply, raw=message)
    about = message.metadata
    return Delivery(
        message.subject,
        headers,
        message.data,
        about.stream,
        about.sequence.stream,
        about.num_delivered,
        message.reply,
        message,
    )


def stored(message: RawStreamMsg, stream: str) -> Delivery:
    """A message as a stream keeps it."""
    return Delivery(message.subject or "", dict(message.headers or {}), message.data or b"", stream, message.seq or 0)
