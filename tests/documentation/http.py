"""The routes of docs/http.md, from the OpenAPI document of the gateway."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from services.gateway.http.openapi import document

METHODS = ("get", "head", "post", "put", "patch", "delete")
TITLES = {"openai": "OpenAI API", "people": "Users, workspaces, grants and keys"}
FIELDS = "| field | type | | meaning |\n| --- | --- | --- | --- |"
Schema = dict[str, Any]


def lines() -> Iterator[str]:
    """A section for each tag, a part for each route."""
    openapi: Schema = document()
    routes = [
        (route["tags"][0], f"{method.upper()} {path}", route)
        for path, routes in openapi["paths"].items()
        for method, route in routes.items()
        if method in METHODS
    ]
    order = list(dict.fromkeys(tag for tag, _, _ in routes))
    for tag, found in groupby(sorted(routes, key=lambda each: order.index(each[0])), key=lambda each: each[0]):
        yield from ["", f"## {TITLES.get(tag, tag.capitalize())}"]
        for _, name, route in found:
            yield from _route(name, route, openapi["components"]["schemas"])


def _route(name: str, route: Schema, schemas: Schema) -> Iterator[str]:
    yield from ["", f"### `{name}`", "", " ".join((route.get("description") or f"{route['summary']}.").split())]
    fields = [*_parameters(route, schemas), *_body(route, schemas)]
    if fields:
        yield from ["", FIELDS, *fields]
    status, reply = next(iter(route["responses"].items()))
    if named := _reply(reply):
        yield from ["", f"Returns {status}: {_shape(named, schemas)}"]


def _parameters(route: Schema, schemas: Schema) -> Iterator[str]:
    for parameter in route.get("parameters", []):
        yield _field(
            parameter["name"], parameter["schema"] | parameter, parameter["in"], parameter["required"], schemas
        )


def _body(route: Schema, schemas: Schema) -> Iterator[str]:
    for kind, content in route.get("requestBody", {}).get("content", {}).items():
        body = _resolved(content["schema"], schemas)
        place = "form" if kind.startswith("multipart") else "body"
        forms = [_resolved(one, schemas) for one in body.get("anyOf", [body])]
        fields = {name: schema for form in reversed(forms) for name, schema in form.get("properties", {}).items()}
        for name, schema in fields.items():
            yield _field(name, schema, place, all(name in form.get("required", []) for form in forms), schemas)


def _field(name: str, schema: Schema, place: str, required: bool, schemas: Schema) -> str:
    kind = _type(schema.get("schema", schema), schemas).replace("|", "\\|")
    meaning = " ".join(str(schema.get("description", "")).split())
    if (default := schema.get("default", schema.get("schema", {}).get("default"))) not in (None, "", []):
        meaning = f"{meaning} Default: `{default}`.".strip()
    return f"| `{name}` | {kind} | {place}{', required' if required else ''} | {meaning} |"


def _reply(reply: Schema) -> Schema:
    found: Schema = reply.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _shape(schema: Schema, schemas: Schema) -> str:
    fields = _resolved(schema, schemas).get("properties", {})
    return "`{" + ", ".join(fields) + "}`" if fields else "JSON"


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    found: Schema = schemas[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema
    return found


def _type(schema: Schema, schemas: Schema) -> str:
    """One line that says what a value may be."""
    schema = _resolved(schema, schemas)
    if "anyOf" in schema:
        return " or ".join(_type(each, schemas) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return ", ".join(f"`{choice}`" for choice in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}), schemas)}"
    if schema.get("format") in ("binary", "date-time", "date"):
        return {"binary": "file", "date-time": "date and time"}.get(schema["format"], schema["format"])
    return str(schema.get("type", "any"))
