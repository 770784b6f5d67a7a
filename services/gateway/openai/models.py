"""The models of /v1: the knowledge models, the plain one, and those of the workers."""

from dataclasses import dataclass
from typing import Any

from services.gateway.context import GatewayContext
from shared.errors import Refused
from shared.events import ListModels, ModelNames

HOUSE = "cloister"
PLAIN = "cloister-plain"
EMBEDDING = "cloister-embedding"


@dataclass(frozen=True, slots=True)
class Target:
    """What a model's name stands for: a workspace (all when None), a worker's model, or no documents at all."""

    workspace: str | None = None
    model: str | None = None
    plain: bool = False


async def target(context: GatewayContext, name: str, workspace: str | None = None) -> Target:
    """`cloister` asks all workspaces, `cloister/<workspace>` one, `cloister-plain` none. `Refused` (404) otherwise."""
    if name == PLAIN and context.settings.plain_model:
        return Target(plain=True)
    house, _, named = name.partition("/")
    if house == HOUSE:
        return Target(workspace or named or None)
    if name in await worker_models(context):
        return Target(workspace, name)
    raise unknown(name)


def unknown(name: str) -> Refused:
    """There is no such model."""
    words = f"There is no model {name[:80]!r} here. GET /v1/models lists them."
    return Refused("model_not_found", words, 404, values={"model": name[:80]})


async def worker_models(context: GatewayContext) -> tuple[str, ...]:
    """What the workers offer now."""
    found: ModelNames = await context.bus.request(ListModels())
    return found.models


def model_body(name: str) -> dict[str, Any]:
    """A model as OpenAI's clients read it."""
    return {"id": name, "object": "model", "created": 0, "owned_by": HOUSE}
