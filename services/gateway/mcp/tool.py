"""A tool: its declaration, and how a call of it is answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from mcp_types import Tool as Declared
from pydantic import BaseModel, ValidationError
from starlette.requests import Request

from services.gateway.admission import bearer, credential
from services.gateway.audit.origin import origin_of
from services.gateway.context import GatewayContext
from services.gateway.http.errors import invalid
from services.gateway.http.schemas import RequestBody
from services.gateway.openai.questions import page_base
from shared.bus.origin import origin
from shared.errors import Refused
from shared.events import Credential

# Nothing is changed but records and limits, and nothing outside of the company is asked.
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


@dataclass(frozen=True, slots=True)
class CallContext:
    """Who calls, the session that hears of progress, and the address of the page."""

    context: GatewayContext
    caller: Credential
    session: Any
    base: str


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` gives the structured reply and what a model reads of it."""

    name: str
    title: str
    description: str
    given: type[RequestBody]
    reply: type[BaseModel]
    run: Callable[[CallContext, Any], Awaitable[tuple[dict[str, Any], str]]]

    def declared(self) -> Declared:
        """As it is listed."""
        return Declared(
            name=self.name,
            title=self.title,
            description=self.description,
            input_schema=_schema(self.given),
            output_schema=_schema(self.reply),
            annotations=READS,
        )

    async def call(self, calling: CallContext, given: dict[str, Any]) -> CallToolResult:
        """The reply; an error is told as a result, so that a model can do better."""
        try:
            reply, text = await self.run(calling, self.given.model_validate(given))
        except ValidationError as error:
            return refused(invalid(error.errors()))
        except Refused as error:
            return refused(error)
        return CallToolResult(content=[TextContent(text=text)], structured_content=reply)


def refused(error: Refused) -> CallToolResult:
    """Why a tool gave nothing, for a model and for a program."""
    about = {"error": error.error, "reason": error.reason}
    return CallToolResult(content=[TextContent(text=error.error)], structured_content=about, is_error=True)


def calling(found: ServerRequestContext[Any, Any]) -> CallContext:
    """Who this message is of: each one of a session brings its own credential."""
    request = _request(found)
    context: GatewayContext = request.app.state.gateway.context
    caller = credential(bearer(request), request=request)
    return CallContext(context, caller, found.session, page_base(request))


def from_here(found: ServerRequestContext[Any, Any]) -> Any:
    """The origin of a message, for its records: a session's task began with another one."""
    return origin(origin_of(_request(found).scope))


def _request(found: ServerRequestContext[Any, Any]) -> Request:
    request: Request | None = found.request
    if request is None:
        raise RuntimeError("a message came without its HTTP request")
    return request


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema(mode="serialization")
