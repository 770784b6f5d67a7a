"""The form that a model fills: a JSON schema over declared names, and the form once filled."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.connectors.proposals.members import Members

Operator = Literal["=", "!=", ">", ">=", "<", "<=", "contains"]
OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "contains")
Granularity = Literal["", "year", "quarter", "month", "day"]


class Part(BaseModel):
    """A part of the form."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(Part):
    """`member` compared with any of `values`; dates as 2026-01-31."""

    member: str
    operator: Operator
    values: list[str] = Field(min_length=1, max_length=10)


class Order(Part):
    """By a measure or dimension of the form."""

    member: str
    descending: bool


class Form(Part):
    """One query. `granularity` groups the dates among the dimensions."""

    measures: list[str] = Field(min_length=1, max_length=3)
    dimensions: list[str] = Field(max_length=3)
    granularity: Granularity
    filters: list[Condition] = Field(max_length=6)
    order: list[Order] = Field(max_length=2)
    limit: int = Field(ge=1, le=200)


def schema(members: Members) -> dict[str, Any]:
    """For grammar or JSON schema: only declared names fit."""
    measures, dimensions = list(members.measures), list(members.dimensions)
    name = {"type": "string", "enum": [*measures, *dimensions]}
    condition = _object(
        member=name,
        operator={"type": "string", "enum": list(OPERATORS)},
        values={"type": "array", "items": {"type": "string", "maxLength": 80}, "minItems": 1, "maxItems": 10},
    )
    return _object(
        measures={"type": "array", "items": {"type": "string", "enum": measures}, "minItems": 1, "maxItems": 3},
        dimensions={"type": "array", "items": {"type": "string", "enum": dimensions}, "maxItems": 3},
        granularity={"type": "string", "enum": ["", "year", "quarter", "month", "day"]},
        filters={"type": "array", "items": condition, "maxItems": 6},
        order={"type": "array", "items": _object(member=name, descending={"type": "boolean"}), "maxItems": 2},
        limit={"type": "integer", "minimum": 1, "maximum": 200},
    )


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
