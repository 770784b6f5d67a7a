"""A ready query in, its signed answer out: where prompt, engine and citations meet."""

import asyncio
import logging
from contextlib import aclosing
from datetime import UTC, datetime

from joserfc.jwk import OKPKey
from opentelemetry.trace import SpanKind

from services.inference.engines.constrained_decoding import held
from services.inference.engines.registry import Engine, Order
from services.inference.generation import Answering, Cancelled
from services.inference.output.stated_rows import stated
from services.inference.output.token_stream import TokenStream
from services.inference.prompt.messages import Limits, Prompt, compose, pieces
from services.inference.prompt.token_counter import TokenCounter
from services.inference.revocations import Revocations
from services.inference.settings import InferenceSettings
from services.inference.worker import Worker
from shared.bus import Bus
from shared.capability import Signer, check
from shared.errors import Conflict, Refused
from shared.events import QueryAnswered, QueryReady
from shared.telemetry import tracer

log = logging.getLogger(__name__)


class AnswerService:
    """Everything that answering needs, opened once."""

    def __init__(self, bus: Bus, engine: Engine, settings: InferenceSettings, signer: Signer, key: OKPKey) -> None:
        self._bus, self._engine, self._settings, self._signer, self._key = bus, engine, settings, signer, key
        self._meter = TokenCounter(engine)
        self.cancelled, self.closed = Cancelled(), Revocations()
        self.worker = Worker(bus, engine, settings)

    async def answer(self, query: QueryReady, attempt: int) -> QueryAnswered | None:
        """The answer, or None when nobody wants it (any more)."""
        if query.query in self.cancelled or (attempt > 1 and await self._answered(query)):
            return None
        query = self._admit(query)
        voice = TokenStream(self._bus, query, attempt)
        await voice.answering()
        if not query.passages:
            return await Answering(query, voice, self._settings).not_held()
        prompt = await self._prompt(query)
        answering = Answering(query, voice, self._settings, prompt)
        if self._settings.packaged:
            await answering.state(stated(prompt.passages, self._settings.inference_hosts))
            if all(passage.data for passage in prompt.passages):
                return await answering.answered(cancelled=False)
        with self.cancelled.stops(query.query, asyncio.create_task(self._draw(query, answering))) as drawing:
            await drawing
        answered = await answering.answered(drawing.cancelled())
        self._meter.learn(prompt.tokens, answered.usage.prompt_tokens)
        return answered

    async def store(self, answered: QueryAnswered) -> None:
        """Signed, once: whoever was first has answered."""
        headers = self._signer.headers(answered.address(), answered.model_dump_json().encode())
        try:
            await self._bus.publish(answered, headers=headers, absent=True)
        except Conflict:
            log.info("query %s has an answer already", answered.query)

    async def _answered(self, query: QueryReady) -> bool:
        return await self._bus.last("ANSWERS", f"answer.{query.client}.{query.query}") is not None

    def _admit(self, query: QueryReady) -> QueryReady:
        """The query with what its asker may still read, or `Refused`."""
        if query.expires_at <= datetime.now(UTC):
            raise Refused("expired", "No worker was free in time. Ask again later.", 504)
        right = check(query.capability, self._key, query=query.query, action="ask")
        if not {passage.workspace for passage in query.passages} <= set(right.workspaces):
            raise Refused("bad_capability", "The passages are outside the right to read. Ask again.", 403)
        return query.model_copy(update={"passages": self.closed.left(query.passages, right)})

    async def _prompt(self, query: QueryReady) -> Prompt:
        given = self._settings
        costs = await self._meter.count(pieces(query))
        room = given.inference_context - given.length(query.max_tokens)
        prompt = compose(query, costs, Limits(room, given.passage_tokens, given.passages))
        cut = {"shortened": prompt.shortened, "left_out": prompt.left_out, "turns_left_out": prompt.turns_left_out}
        if any(cut.values()):
            log.warning("the prompt of %s was cut to fit: %s", query.query, cut, extra={"query": query.query, **cut})
        return held(query.about, prompt) if given.packaged else prompt

    async def _draw(self, query: QueryReady, answering: Answering) -> None:
        known = self.worker.models
        answering.model = (query.model if query.model in known else "") or self._settings.model or next(iter(known), "")
        order = Order(
            answering.messages,
            answering.model,
            self._settings.inference_context,
            self._settings.length(query.max_tokens),
            query.temperature or 0.0,
            answering.grammar,
        )
        with tracer("inference").start_as_current_span(f"chat {answering.model}", kind=SpanKind.CLIENT):
            async with aclosing(self._engine.write(order)) as pieces:
                async for piece in pieces:
                    await answering.draft.take(piece)
                    if answering.draft.circling:
                        break
