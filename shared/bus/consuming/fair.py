"""Consumes stored events in a fair order between people."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import nats.errors
from faststream.exceptions import NackMessage, RejectMessage
from nats.errors import MsgAlreadyAckdError
from nats.js import JetStreamContext
from nats.js.errors import APIError

from shared.bus.connection import Bus
from shared.bus.consuming.handler_pipeline import step
from shared.bus.consuming.keepalive import kept
from shared.bus.delivery import Delivery, received
from shared.bus.service import Endpoint, Service
from shared.fairness import FairTurns
from shared.streams import Consumer

log = logging.getLogger(__name__)
HELD = 512  # messages that wait here for their turn; the others stay in their stream
POLL_SECONDS = 2.0  # a restarted server has forgotten the request: nothing comes until the next one
AGAIN_SECONDS = 1.0
Share = Callable[[bytes], tuple[str, float]]  # of a message's body: whose it is, and what it costs


class FairConsumer:
    """One consumer's messages: `slots` in work, the others waiting with their deliveries kept alive."""

    def __init__(self, edge: Endpoint, consumer: Consumer, service: Service[Any], bus: Bus) -> None:
        self._consumer, self._bus = consumer, bus
        self._handle, self._share = step(edge, service, bus, consumer), edge.options["share"]
        self._turns, self._room = FairTurns(edge.option("slots", 1), HELD), asyncio.Semaphore(HELD)
        self._held = set[asyncio.Task[None]]()

    async def run(self) -> None:
        """For ever; what is in hand at the end is given back."""
        inbox = f"_INBOX_{self._bus.service}.".encode()
        bind = self._bus.jetstream.pull_subscribe_bind
        subscription = await bind(self._consumer.name, self._consumer.stream, inbox_prefix=inbox)
        try:
            while True:
                await self._room.acquire()
                if (message := await self._next(subscription)) is None:
                    self._room.release()
                    continue
                task = asyncio.create_task(self._work(message))
                self._held.add(task)
                task.add_done_callback(self._done)
        finally:
            for task in self._held:
                task.cancel()
            await asyncio.gather(*self._held, return_exceptions=True)
            await subscription.unsubscribe()

    async def _next(self, subscription: JetStreamContext.PullSubscription) -> Delivery | None:
        try:
            return received((await subscription.fetch(1, timeout=POLL_SECONDS))[0])
        except TimeoutError:
            return None
        except (nats.errors.Error, APIError, OSError) as error:
            log.warning("%s cannot fetch from %s: %r", self._bus.service, self._consumer.name, error)
            await asyncio.sleep(AGAIN_SECONDS)
            return None

    async def _work(self, message: Delivery) -> None:
        """As FastStream's acknowledgement policy does: done, later, or never again."""
        try:
            with kept(message, self._consumer.wait / 3):
                async with self._turns.turn(*self._share(message.data)):
                    await self._handle(message)
            await message.ack()
        except RejectMessage:
            await message.raw.term()
        except NackMessage as later:
            await message.nack(delay=later.extra_options.get("delay", 0))
        except BaseException:  # returns the message, also when cancelled, and raises again
            with suppress(MsgAlreadyAckdError):
                await asyncio.shield(message.nack(delay=AGAIN_SECONDS))
            raise

    def _done(self, task: asyncio.Task[None]) -> None:
        self._held.discard(task)
        self._room.release()
        if not task.cancelled() and (error := task.exception()):
            # The bus was away when the outcome should have been told: the message comes again after its wait.
            log.warning("%s could not settle a message of %s: %r", self._bus.service, self._consumer.name, error)
