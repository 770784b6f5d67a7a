"""Short JSON for other services, such as a proposed query: beside the answers, never by the bundled model."""

import asyncio

from services.inference.engines.registry import Engine, EngineFailed, GenerationRequest, Message
from services.inference.settings import InferenceSettings
from services.inference.structured import fill
from shared.errors import Refused, Unavailable
from shared.events import Draft, Drafted

SECONDS = 20.0
NONE = "The bundled model is too small to propose queries. Point CLOISTER_ENGINE at a larger one."


class Drafts:
    """One at a time: answers keep the engine's other slots."""

    def __init__(self, engine: Engine, settings: InferenceSettings) -> None:
        self._engine, self._settings = engine, settings
        self._turn = asyncio.Semaphore(1)

    async def write(self, request: Draft, models: tuple[str, ...]) -> Drafted:
        """JSON that fits the schema. `Refused` (503) when the model cannot, `Unavailable` when it does not answer."""
        if self._settings.packaged:
            raise Refused("no_capable_model", NONE, 503)
        model = self._settings.model or next(iter(models), "")
        message = Message(role="user", content=request.text)
        order = GenerationRequest((message,), model, self._settings.inference_context, request.max_tokens, 0.0)
        try:
            async with asyncio.timeout(SECONDS), self._turn:
                text, _ = await fill(self._engine, order, request.answer_schema, self._settings.inference_thinks_first)
        except (EngineFailed, TimeoutError) as error:
            raise Unavailable("The model does not answer now. Try again in a few seconds.") from error
        return Drafted(text=text)
