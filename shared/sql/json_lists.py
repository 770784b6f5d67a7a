"""Conditions on columns that hold a list of texts as JSON, for SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class elements(GenericFunction[Any]):
    """The texts of a JSON array, as rows."""

    name, inherit_cache = "json_each", True


@compiles(elements, "postgresql")
def _elements_of_postgresql(element: elements, compiler: Any, **how: Any) -> str:
    return f"json_array_elements_text({compiler.process(element.clauses, **how)})"


def has_any(column: Any, values: Any = None) -> ColumnElement[bool]:
    """One of these values is on the list; without values, anything is."""
    value = elements(column).table_valued("value").c.value
    found = select(value)
    return (found if values is None else found.where(value.in_(values))).exists()


def all_within(column: Any, values: Any) -> ColumnElement[bool]:
    """The list is not empty, and everything on it is one of these values."""
    value = elements(column).table_valued("value").c.value
    return and_(has_any(column), ~select(value).where(value.not_in(values)).exists())
