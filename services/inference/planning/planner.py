"""Writes plans beside the answers: by the engine's own model, or by a small one of its own."""

import asyncio
from contextlib import aclosing, suppress

from services.inference.engines.registry import Engine, EngineFailed, GenerationRequest
from services.inference.planning.prompt import messages, schema
from services.inference.planning.reading import plan_of
from services.inference.settings import InferenceSettings
from shared.errors import Refused, Unavailable
from shared.events import Plan, Planned

TOKENS = 150
CONTEXT = 2_048
AT_ONCE = 4  # beside the answers
OFF = "Searches are not planned here: CLOISTER_PLANNER is off, or only the bundled model is there."


class Planner:
    """`CLOISTER_PLANNER`: auto, off, `<model>` of the engine, or `<model>@<url>` of an OpenAI-compatible server."""

    def __init__(self, engine: Engine, settings: InferenceSettings) -> None:
        model, _, url = settings.planner.partition("@")
        self._model = "" if model in ("auto", "off") else model
        self._own = _own(url, settings, model) if url else None
        self._engine: Engine = self._own or engine
        self._off = settings.planner == "off" or (settings.packaged and not url)
        self._default = settings.model
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def plan(self, request: Plan, models: tuple[str, ...]) -> Planned:
        """`Refused` (503) when no model here can; `Unavailable` when it wrote no query in time."""
        if self._off:
            raise Refused("no_capable_model", OFF, 503)
        model = self._model or self._default or next(iter(models), "")
        asked = messages(request.question, request.earlier)
        order = GenerationRequest(asked, model, CONTEXT, TOKENS, 0.0, schema=schema(), think=False)
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
            async with aclosing(self._engine.write(order)) as pieces:
                async for piece in pieces:
                    written.append(piece.text)
        except EngineFailed as error:
            raise Unavailable("The model that plans searches does not answer now.", "not_planned", 5) from error

    async def close(self) -> None:
        """Close the connection to a model of its own."""
        if self._own:
            await self._own.close()


def _own(url: str, settings: InferenceSettings, model: str) -> Engine:
    # Imported only where it is used: its library costs half a second of the start.
    from services.inference.engines.openai import OpenAI

    return OpenAI(url, settings.engine_key.get_secret_value(), model)
