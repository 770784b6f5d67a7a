"""Describes every field and parameter of the OpenAPI document, from fields.toml."""

import tomllib
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
    fields, parameters = _texts()["fields"], _texts()["parameters"]
    for name, schema in document["components"]["schemas"].items():
        for field, of in schema.get("properties", {}).items():
            if text := fields.get(f"{name}.{field}", fields.get(field)):
                of.setdefault("description", text)
    for operations in document["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []) if isinstance(operation, dict) else []:
                if text := parameters.get(parameter["name"]):
                    parameter.setdefault("description", text)
