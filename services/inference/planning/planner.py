"""Writes plans beside the answers: by the engine's own model, or by a small one of its own."""

import asyncio
import logging
from contextlib import aclosing, suppress

from services.inference.engines.registry import Engine, EngineFailed, GenerationRequest
from services.inference.planning.own_model import open_own
from services.inference.planning.prompt import messages, schema
from services.inference.planning.reading import plan_of
from services.inference.settings import InferenceSettings
from shared.errors import Refused, Unavailable
from shared.events import Plan, Planned

log = logging.getLogger(__name__)
TOKENS = 150
AT_ONCE = 4  # beside the answers
OFF = "Searches are not planned here: CLOISTER_PLANNER is off, or only the bundled model is there."


class Planner:
    """`CLOISTER_PLANNER`: auto, off, `<model>` of the engine, or `<model>@<url>` of a server of its own."""

    def __init__(self, engine: Engine, settings: InferenceSettings) -> None:
        model, _, self._url = settings.planner.partition("@")
        self._model = "" if model in ("auto", "off") else model
        self._engine, self._settings = engine, settings
        self._own: Engine | None = None
        self._opening = asyncio.Lock()
        self._off = settings.planner == "off" or (settings.packaged and not self._url)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def plan(self, request: Plan, models: tuple[str, ...]) -> Planned:
        """`Refused` (503) when no model here can; `Unavailable` when it wrote no query in time."""
        if self._off:
            raise Refused("no_capable_model", OFF, 503)
        model = self._model or self._settings.model or next(iter(models), "")
        asked = messages(request.question, request.earlier)
        # The context of the answers: with another one Ollama loads the model anew, twice a question.
        context = self._settings.inference_context
        order = GenerationRequest(asked, model, context, TOKENS, 0.0, schema=schema(), think=False)
        written: list[str] = []
        # What is there at the deadline is used: the queries come first.
        with suppress(TimeoutError):
            async with asyncio.timeout(request.seconds), self._turns:
                await self._write(order, written)
        plan = plan_of("".join(written))
        if plan is None:
            raise Unavailable("The model planned no search in time.", "not_planned", 1)
        return Planned(plan=plan, model=model)

    async def _write(self, order: GenerationRequest, written: list[str]) -> None:
        try:
            engine = await self._opened()
            async with aclosing(engine.write(order)) as pieces:
                async for piece in pieces:
                    written.append(piece.text)
        except (EngineFailed, Refused) as error:
            log.warning("searches are not planned: %s fails: %s", order.model, error)
            raise Unavailable("The model that plans searches does not answer now.", "planner_unavailable", 5) from error

    async def _opened(self) -> Engine:
        """The engine of the answers, or that of the address once it is reached."""
        if not self._url:
            return self._engine
        async with self._opening:
            self._own = self._own or await open_own(self._url, self._settings)
        return self._own

    async def close(self) -> None:
        """Close the connection to a model of its own."""
        if self._own:
            await self._own.close()
