"""Renders errors as `{error, reason}` with a status, or in OpenAI's form under `/v1`."""

import logging
import re
from math import ceil
from reprlib import Repr
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from services.gateway.http.responses import json
from shared.errors import Refused
from shared.field_names import problem_of

log = logging.getLogger(__name__)
SECRET = {"password", "api_token", "key", "token"}
WORDS = {
    400: ("bad_request", "The request cannot be read."),
    404: ("not_found", "There is nothing at this address. /docs lists what there is."),
    405: ("method_not_allowed", "This address does not take that method. /docs lists what it takes."),
    413: ("too_big", "The request is too big. Send less at once."),
}
LONGEST = 80  # characters of a name or a value that an error quotes
FIELD = re.compile(r"[Ff]ield '([\w.]{1,80})'")
SHORT = Repr()
SHORT.maxstring, SHORT.maxother = LONGEST, LONGEST
TYPES = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}


def install(app: FastAPI) -> None:
    """Give the app its exception handlers."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _crashed)


def error_response(request: Request, refused: Refused) -> Response:
    """A refusal as the caller's API writes it."""
    headers = {}
    if refused.status in (429, 503):
        headers["Retry-After"] = str(max(1, ceil(refused.retry_after or 5)))
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if request.url.path.startswith("/v1"):
        # OpenAI's clients know 422 as a fault of theirs that has no place here: what is wrong with a call is 400.
        return json(openai_error(refused), 400 if refused.status == 422 else refused.status, headers)
    return json(_body(refused), refused.status, headers)


def _body(refused: Refused) -> dict[str, Any]:
    """With the field of what is invalid, where only the words name it."""
    named = FIELD.search(refused.error) if refused.reason == "invalid" and not refused.values else None
    return refused.body | ({"values": {"field": named[1]}} if named else {})


def openai_error(refused: Refused) -> dict[str, Any]:
    """The body that OpenAI's clients read."""
    kind = TYPES.get(refused.status, "invalid_request_error" if refused.status < 500 else "api_error")
    named = FIELD.search(refused.error)
    param = named[1] if named else None
    return {"error": {"message": refused.error, "type": kind, "param": param, "code": refused.reason}}


def invalid(errors: Any) -> Refused:
    """The first validation error, naming field, value and remedy; secrets are not repeated."""
    first = errors[0]
    if first["type"] == "json_invalid":
        problem = first.get("ctx", {}).get("error", "it ends too early")
        return Refused("invalid_json", f"The body is not valid JSON: {problem}. Correct it.", 400)
    place = [str(part) for part in first["loc"][:8] if part != "body"]
    name = ".".join(place)[:LONGEST]
    if first["type"] in ("unknown_field", "missing_token"):
        return Refused("invalid", first["msg"][:1000], 422)
    values = problem_of(first)
    if first["type"] == "missing":
        words = f"The field '{name}' is missing. Add it." if name else "The body is missing. Send JSON."
        return Refused("invalid", words, 422, values=values)
    if not name:
        return Refused("invalid", "The body must be a JSON object, sent with Content-Type: application/json.", 422)
    value = "…" if SECRET & set(place) else SHORT.repr(first.get("input"))[:LONGEST]
    words = f"The field '{name}' cannot be {value}: {first['msg'][:1000]}. Correct it."
    return Refused("invalid", words, 422, values=values)


async def _refused(request: Request, error: Any) -> Response:
    return error_response(request, error)


async def _invalid(request: Request, error: Any) -> Response:
    return error_response(request, invalid(error.errors()))


async def _http(request: Request, error: Any) -> Response:
    reason, words = WORDS.get(error.status_code, ("http_error", str(error.detail)))
    reply = error_response(request, Refused(reason, words, error.status_code))
    reply.headers.update(error.headers or {})
    return reply


async def _crashed(request: Request, error: Exception) -> Response:
    number = uuid4().hex[:12]
    log.error("error %s at %s %s", number, request.method, request.url.path, exc_info=error)
    words = f"Something failed inside. Tell your administrator the number {number}."
    return error_response(request, Refused("internal", words, 500, values={"number": number}))
