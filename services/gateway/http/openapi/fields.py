"""Describes every field and parameter of the OpenAPI document, from fields.toml."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_name("fields.toml").read_text("utf-8"))
    return found


def describe_fields(document: Schema) -> None:
    """Add descriptions to the document's fields and parameters; those that a model gives itself stay."""
    parameters = _texts()["parameters"]
    describe_schemas(document["components"]["schemas"], _texts()["fields"])
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []) if isinstance(operation, dict) else []:
                if text := parameters.get(parameter["name"]):
                    parameter.setdefault("description", text)


def describe_schemas(schemas: Schema, texts: Mapping[str, str]) -> None:
    """Add the text of `field`, or of `Schema.field` where there is one, to each property."""
    for name, schema in schemas.items():
        for field, of in schema.get("properties", {}).items():
            if text := texts.get(f"{name}.{field}", texts.get(field)):
                of.setdefault("description", text)
