"""Answers a ready query: builds the prompt, runs the engine, cites, signs and stores."""

import asyncio
import logging
from contextlib import aclosing
from datetime import UTC, datetime

from services.inference.drafts import Drafts
from services.inference.engines.constrained_decoding import held
from services.inference.engines.registry import Engine, GenerationRequest
from services.inference.generation import AnswerGeneration, CancelledQueries
from services.inference.output.token_stream import TokenStream
from services.inference.planning.planner import Planner
from services.inference.prompt.messages import Limits, Prompt, compose, pieces
from services.inference.prompt.token_counter import TokenCounter
from services.inference.revocations import Revocations
from services.inference.running_answers import RunningAnswers, no_longer_open
from services.inference.settings import InferenceSettings
from services.inference.structured import FORM, PLAIN_FORM, fill
from services.inference.worker import Worker
from shared.bus import Bus
from shared.errors import Conflict, Refused, RetryLater, Unavailable
from shared.events import MayRead, MayReadRows, QueryAnswered, QueryReady, Readable
from shared.security.capability import Right, Signer
from shared.security.rights import Rights

log = logging.getLogger(__name__)
PAUSES = (0.2, 0.5, 1.0, 2.0, None)  # seconds between two tries to ask whether documents are still open
NOTHING = "Nothing was found that the form could be filled from. Ask for something else, or send it in `data`."


class AnswerService:
    """Everything that answering needs, opened once."""

    def __init__(self, bus: Bus, engine: Engine, settings: InferenceSettings, signer: Signer, rights: Rights) -> None:
        self._bus, self._engine, self._settings, self._signer, self.rights = bus, engine, settings, signer, rights
        self._meter = TokenCounter(engine)
        self.cancelled, self.closed = CancelledQueries(), Revocations()
        self.running = RunningAnswers(rights.revocations, self.closed)
        self.drafts = Drafts(engine, settings)
        self.planner = Planner(engine, settings)
        self.worker = Worker(bus, engine, settings)

    async def answer(self, query: QueryReady, attempt: int) -> QueryAnswered | None:
        """The answer, or None when nobody wants it (any more)."""
        if query.query in self.cancelled or (attempt > 1 and await self._answered(query)):
            return None
        query, right = self._admit(query)
        voice = TokenStream(self._bus, query, attempt)
        await voice.generation()
        if not query.passages and not query.plain and query.answer_schema is not None:
            raise Refused("answer_not_in_schema", NOTHING, 422)
        if not query.passages and not query.plain:
            return await AnswerGeneration(query, voice, self._settings).not_held()
        prompt = await self._prompt(query)
        generation = AnswerGeneration(query, voice, self._settings, prompt, right.summarised)
        answered = await self._written(query, right, prompt, generation)
        self._meter.learn(prompt.tokens, answered.usage.prompt_tokens)
        await self._still_open(query, right, prompt, answered)
        return answered

    async def _written(
        self, query: QueryReady, right: Right, prompt: Prompt, generation: AnswerGeneration
    ) -> QueryAnswered:
        if (self._settings.packaged or query.named) and query.answer_schema is None and not query.plain:
            await generation.state_rows()
            if all(passage.data for passage in prompt.passages):
                return await generation.answered(cancelled=False)
        drawing = asyncio.create_task(self._write(query, generation))
        with self.running.watched(right, prompt.passages, drawing), self.cancelled.stops(query.query, drawing):
            await drawing
        return await generation.answered(drawing.cancelled())

    async def _still_open(self, query: QueryReady, right: Right, prompt: Prompt, answered: QueryAnswered) -> None:
        """Once more before it leaves, from the documents' own tables; while they are away the answer waits."""
        ids = {source.document_id for source in answered.documents}
        for pause in PAUSES:
            try:
                opened = await self._opened(query, ids)
                break
            except Unavailable as error:
                if pause is None:
                    raise RetryLater(5, error.error) from error
                await asyncio.sleep(pause)
        if why := self.running.unfit(right, prompt.passages):
            raise why
        if ids - opened:
            raise no_longer_open()

    async def _opened(self, query: QueryReady, ids: set[str]) -> set[str]:
        opened, rows = set[str](), {one for one in ids if one.startswith("data:")}
        for kind, wanted in ((MayRead, ids - rows), (MayReadRows, rows)):
            if wanted:
                asked = kind(capability=query.capability, query=query.query, document_ids=tuple(sorted(wanted)))
                found: Readable = await self._bus.request(asked)
                opened |= set(found.document_ids)
        return opened

    async def store(self, answered: QueryAnswered) -> None:
        """Signed, once: whoever was first has answered."""
        headers = self._signer.headers(answered.address(), answered.model_dump_json().encode())
        try:
            await self._bus.publish(answered, headers=headers, absent=True)
        except Conflict:
            log.info("query %s has an answer already", answered.query)

    async def _answered(self, query: QueryReady) -> bool:
        return await self._bus.last("ANSWERS", f"answer.{query.client}.{query.query}") is not None

    def _admit(self, query: QueryReady) -> tuple[QueryReady, Right]:
        """The query with what its asker may still read, or `Refused`."""
        if query.expires_at <= datetime.now(UTC):
            raise Refused("expired", "No worker was free in time. Ask again later.", 504)
        right = self.rights.check(query.capability, query=query.query, action="ask")
        if not {passage.workspace for passage in query.passages} <= set(right.workspaces):
            raise Refused("bad_capability", "The passages are outside the right to read. Ask again.", 403)
        return query.model_copy(update={"passages": self.closed.left(query.passages, right)}), right

    async def _prompt(self, query: QueryReady) -> Prompt:
        given = self._settings
        costs = await self._meter.count(pieces(query))
        room = given.inference_context - given.length(query.max_tokens)
        prompt = compose(query, costs, Limits(room, given.passage_tokens, given.passages))
        cut = {"shortened": prompt.shortened, "left_out": prompt.left_out, "turns_left_out": prompt.turns_left_out}
        if any(cut.values()):
            log.warning("the prompt of %s was cut to fit: %s", query.query, cut, extra={"query": query.query, **cut})
        quoting = given.packaged and query.answer_schema is None and not query.plain
        return held(query.about, prompt) if quoting else prompt

    async def _write(self, query: QueryReady, generation: AnswerGeneration) -> None:
        order = self._order(query, generation)
        if query.answer_schema is None:
            return await self._draw(order, generation)
        thinks, hosts = self._settings.inference_thinks_first, self._settings.inference_hosts
        form = PLAIN_FORM if query.plain else FORM
        await generation.fill(*await fill(self._engine, order, query.answer_schema, thinks, hosts, form))

    def _order(self, query: QueryReady, generation: AnswerGeneration) -> GenerationRequest:
        known = self.worker.models
        generation.model = (
            (query.model if query.model in known else "") or self._settings.model or next(iter(known), "")
        )
        order = GenerationRequest(
            generation.messages,
            generation.model,
            self._settings.inference_context,
            self._settings.length(query.max_tokens),
            query.temperature or 0.0,
            generation.grammar,
            stop=query.stop,
            top_p=query.top_p,
            seed=query.seed,
        )
        generation.digest, generation.settings = self._digest(order.model), order.settings()
        return order

    def _digest(self, model: str) -> str:
        known: dict[str, str] = getattr(self._engine, "digests", {})
        return known.get(model, "")

    async def _draw(self, order: GenerationRequest, generation: AnswerGeneration) -> None:
        async with aclosing(self._engine.write(order)) as pieces:
            async for piece in pieces:
                await generation.draft.take(piece)
                if generation.draft.circling:
                    break
