"""`/mcp`: who calls, and from which page, is checked before the protocol is spoken."""

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from services.gateway.admission import admit, bearer, credential
from services.gateway.context import GatewayContext
from services.gateway.http.errors import error_response
from services.gateway.http.origins import own_origin
from shared.errors import Refused

OFF = "There is nothing at this address: MCP is switched off (CLOISTER_GATEWAY_MCP)."
FOREIGN = "Pages of {!r} may not call here. Ask an administrator to add the origin to CLOISTER_GATEWAY_CORS_ORIGINS."


class Endpoint:
    """The ASGI app of the route; every message brings its own bearer token."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        context: GatewayContext = request.app.state.gateway.context
        try:
            if context.mcp is None:
                raise Refused("not_found", OFF, 404)
            scope["user"] = await _user(request, context)
        except Refused as refused:
            await error_response(request, refused)(scope, receive, send)
            return
        await context.mcp.handle_request(scope, receive, send)


async def _user(request: Request, context: GatewayContext) -> object:
    """Whose session it is: no other credential can use it."""
    from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
    from mcp.server.auth.provider import AccessToken

    origin = request.headers.get("origin", "")
    if origin and not own_origin(request, context.settings, origin):
        raise Refused("wrong_origin", FOREIGN.format(origin[:200]), 403)
    _, admitted = await admit(context, credential(bearer(request), request=request), "ask")
    return AuthenticatedUser(AccessToken(token="", client_id=admitted.principal.id, scopes=[]))
