"""Fields of HTTP and of the bus are described, and their descriptions belong to a field."""

import tomllib
from pathlib import Path
from typing import Any

from services.gateway.http import openapi
from services.gateway.http.openapi import document
from tests.documentation.asyncapi import FIELDS, schemas

TEXTS = tomllib.loads(Path(openapi.__file__).with_name("fields.toml").read_text(encoding="utf-8"))


def parameters(found: dict[str, Any]) -> list[dict[str, Any]]:
    operations = [of for path in found["paths"].values() for of in path.values() if isinstance(of, dict)]
    return [parameter for operation in operations for parameter in operation.get("parameters", [])]


def test_fields_and_parameters_are_described() -> None:
    found = document()
    fields = {
        f"{name}.{field}": of.get("description")
        for name, schema in found["components"]["schemas"].items()
        for field, of in schema.get("properties", {}).items()
    }
    assert len(fields) > 300
    missing = [name for name, text in fields.items() if not text]
    missing += [parameter["name"] for parameter in parameters(found) if not parameter.get("description")]
    # A few may be new; more than these are described first, in services/gateway/http/openapi/fields.toml.
    assert len(missing) < len(fields) / 10, missing


def test_no_description_is_left_without_its_field() -> None:
    found = document()
    schemas = found["components"]["schemas"]
    names = {field for schema in schemas.values() for field in schema.get("properties", {})}
    whole = {f"{name}.{field}" for name, schema in schemas.items() for field in schema.get("properties", {})}
    assert [name for name in TEXTS["fields"] if name not in names | whole] == []
    assert [name for name in TEXTS["parameters"] if name not in {one["name"] for one in parameters(found)}] == []


def test_fields_of_messages_are_described_and_nothing_else_is() -> None:
    fields = {f"{name}.{field}": of for name, schema in schemas().items() for field, of in schema["properties"].items()}
    assert [name for name, of in fields.items() if not of.get("description")] == []
    assert set(FIELDS) - set(fields) - {name.partition(".")[2] for name in fields} == set()
