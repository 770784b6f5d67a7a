"""`response_format` of OpenAI's API as a JSON schema."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from shared.errors import Refused

BYTES = 32 * 1024
SHAPE = '{"type": "json_schema", "json_schema": {"schema": {…}}}'
# A pattern can keep a worker busy for ever, and a reference to another address is never fetched.
REFUSED = ("pattern", "patternProperties", "$dynamicRef")


def answer_schema(response_format: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The schema, None for plain text. `Refused` (422) names what is wrong with it."""
    match response_format:
        case None | {"type": "text"}:
            return None
        case {"type": "json_object", "schema": dict(schema)}:  # as llama.cpp has it, and instructor sends it
            return _checked(schema)
        case {"type": "json_object"}:
            return {"type": "object"}
        case {"type": "json_schema", "json_schema": {"schema": dict(schema)}}:
            return _checked(schema)
    raise Refused("invalid", f"The field 'response_format' must be {SHAPE}. Correct it.", 422)


def _checked(schema: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(schema)) > BYTES:
        raise _wrong("it is larger than 32 KiB")
    for name, value in _members(schema):
        if name in REFUSED or (name == "$ref" and not str(value).startswith("#")):
            raise _wrong(f"it uses {name!r}; list the values with `enum`, or describe them")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise _wrong(error.message[:200]) from error
    return schema


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _members(each)


def _wrong(why: str) -> Refused:
    return Refused("invalid", f"The schema in 'response_format' cannot be used: {why}. Correct it.", 422)
