"""Completes FastAPI's document: who may call, how calls fail, names for generated clients, and examples."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.gateway.http.openapi.bodies import BODIES, schema_of
from services.gateway.http.openapi.examples import Examples
from services.gateway.http.openapi.fields import describe_fields
from services.gateway.http.openapi.replies import REPLIES, OpenAIRefusal
from services.gateway.http.response_models import Refusal

Schema = dict[str, Any]
METHODS = ("get", "head", "post", "put", "patch", "delete")
REFS = "#/components/schemas/{model}"
ABOUT = """Ask a company's own documents and databases, and manage them. Get a token from `POST /api/login`, or use an
API key, and send it as `Authorization: Bearer`. Every error is `{"error": what happened and what to do, "reason": a
stable code}`; under `/v1` it has OpenAI's form.""".replace("\n", " ")
TAGS = {
    "chat": "Ask questions.",
    "search": "Find passages without a model.",
    "queries": "Follow and cancel questions.",
    "conversations": "Your earlier questions.",
    "documents": "Documents, their revisions and who may read them.",
    "business data": "Named queries and scheduled questions over business data.",
    "openai": "The interface of OpenAI's clients.",
    "people": "Users, workspaces, grants, keys and limits.",
    "feedback": "Whether answers helped.",
    "audit": "The audit log and its proofs, for auditors.",
    "operation": "Queue, workers and business sources, for operators.",
    "browser": "Sessions of browsers, with a cookie.",
}
SCHEMES: Schema = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A token of POST /api/login, or an API key."},
    "session": {
        "type": "apiKey", "in": "cookie", "name": "__Host-cloister",
        "description": "A browser's session; changes also need the header X-CSRF-Token.",
    },
}  # fmt: skip
OPEN = {"POST /api/login", "GET /auth/session"}  # and all that signs somebody in
STREAMED = {
    "POST /api/chat",
    "POST /v1/chat/completions",
    "POST /v1/completions",
    "POST /v1/responses",
    "GET /api/audit",
}
WORDS = {
    400: "The request cannot be read, or the model cannot take it.",
    401: "No credential, or one that does not hold.",
    403: "Not allowed.",
    404: "There is no such thing, or none that the caller may see.",
    409: "It does not fit the present state.",
    410: "It was there and is not kept any more.",
    413: "Too much at once.",
    416: "No such range.",
    421: "Cloister is not called by this name.",
    422: "A field is missing, unknown or out of range.",
    429: "Too often, or outside the opening hours; see Retry-After.",
    499: "The caller hung up.",
    500: "Something failed inside; the error has a number for the operator.",
    502: "The model or a business source failed.",
    503: "A part of Cloister does not answer now; see Retry-After.",
    504: "Nobody was free in time.",
}


def described(app: FastAPI) -> Schema:
    """The whole document, made once."""
    if app.openapi_schema is None:
        found = get_openapi(title="Cloister", version=app.version, description=ABOUT, routes=app.routes)
        app.openapi_schema = _completed(found)
    return app.openapi_schema


def _completed(found: Schema) -> Schema:
    models: set[type[BaseModel]] = {*REPLIES.values(), Refusal, OpenAIRefusal}
    wanted = sorted(models, key=lambda model: model.__name__)
    _, shapes = models_json_schema([(model, "serialization") for model in wanted], ref_template=REFS)
    taken = [model for models in BODIES.values() for model in models]
    _, bodies = models_json_schema([(model, "validation") for model in taken], ref_template=REFS)
    schemas = found["components"]["schemas"] = shapes["$defs"] | bodies["$defs"] | found["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    found["components"] |= {"securitySchemes": SCHEMES, "responses": dict(_failures())}
    found["tags"] = [{"name": name, "description": words} for name, words in TAGS.items()]
    describe_fields(found)
    examples = Examples(schemas)
    for name, operation in operations(found):
        _complete(name, operation)
        examples.add(operation)
    return found


def operations(found: Schema) -> Iterator[tuple[str, Schema]]:
    """Each operation, by `GET /api/me`."""
    for path, methods in found["paths"].items():
        for method in METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def _complete(name: str, operation: Schema) -> None:
    row = _rows().get(name, Row())
    operation["operationId"] = row.id or operation["operationId"]
    words = str(operation.get("description") or operation["summary"])
    operation["summary"] = row.summary or re.split(r"[.;:,] ?|`", words)[0]
    if models := BODIES.get(name):
        operation["requestBody"]["content"]["application/json"]["schema"] = schema_of(models, REFS)
    if row.body:
        operation["requestBody"]["content"]["application/json"]["example"] = row.body
    operation["security"] = [{scheme: []} for scheme in _schemes(name)]
    replies = operation["responses"]
    replies.pop("422", None)
    if model := REPLIES.get(name):
        _reply(replies)["content"] = {"application/json": {"schema": {"$ref": REFS.format(model=model.__name__)}}}
    _special(name, replies)
    form = "openai" if " /v1/" in name else "plain"
    for status in _statuses(name, operation):
        replies[str(status)] = {"$ref": f"#/components/responses/{form}-{status}"}


class Row(NamedTuple):
    """What `operations.toml` says of an operation."""

    id: str = ""
    summary: str = ""
    body: Schema | None = None


@cache
def _rows() -> dict[str, Row]:
    found = tomllib.loads(Path(__file__).with_name("operations.toml").read_text(encoding="utf-8"))
    return {name: Row(*row) for name, row in found.items()}


def _schemes(name: str) -> tuple[str, ...]:
    """Which credentials a route takes; those that sign somebody in take none."""
    if name in OPEN or name.endswith((" /auth/login", " /auth/callback", " /auth/backchannel-logout")):
        return ()
    return ("session",) if " /auth/" in name else ("bearer", "session")


def _reply(replies: Schema) -> Schema:
    found: Schema = next(reply for status, reply in replies.items() if status.startswith("2"))
    return found


def _special(name: str, replies: Schema) -> None:
    """What is no JSON: streams, files and redirections."""
    if name.startswith("HEAD "):
        del _reply(replies)["content"]
        return
    content = _reply(replies).setdefault("content", {})
    text: Schema = {"schema": {"type": "string"}}
    if name in STREAMED:
        content["text/event-stream"] = text
    elif name.endswith("/bundles"):
        _reply(replies)["content"] = {"application/x-ndjson": text}
    elif name.endswith("/events"):
        _reply(replies)["content"] = {"text/event-stream": text}
    elif name.endswith("/content") or "/tile/" in name:
        _reply(replies)["content"] = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
    if name.endswith("/content"):
        replies["206"] = {"description": "The range that was asked for."} | _reply(replies)
    if name in ("GET /auth/login", "GET /auth/callback"):
        del replies["200"]
        replies["303"] = {"description": "To the sign-in page, or back to where it began."}


def _statuses(name: str, operation: Schema) -> Iterator[int]:
    """How it may fail, besides what every address of the server may answer."""
    method, _, path = name.partition(" ")
    yield from (400, 421, 422, 429, 500, 503)
    if operation["security"] or "login" in path or "callback" in path:
        yield from (401, 403)
    if "{" in path or operation["security"]:
        yield 404
    if "requestBody" in operation:
        yield 413
    if method != "GET" or "/revisions" in path or path.endswith("/content"):
        yield from (409, 410) if "/documents" in path else (409,)
    if path.endswith("/content") and method != "HEAD":
        yield 416
    if path.startswith(("/api/chat", "/api/search", "/api/data", "/v1/")):
        yield from (499, 502, 504)


def _failures() -> Iterator[tuple[str, Schema]]:
    for form, model in (("plain", Refusal), ("openai", OpenAIRefusal)):
        for status, words in WORDS.items():
            schema = {"$ref": REFS.format(model=model.__name__)}
            head = {"Retry-After": {"schema": {"type": "integer"}}} if status in (429, 503) else {}
            content = {"application/json": {"schema": schema}}
            yield f"{form}-{status}", {"description": words, "content": content} | ({"headers": head} if head else {})
