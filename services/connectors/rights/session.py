"""Settings for a database's own row security: the second wall behind our filters."""

from collections.abc import Sequence

from services.connectors.declarations.sources import Source
from services.connectors.rights.filters import PERSON, Values, values_of
from shared.errors import Refused
from shared.security.capability import Right

ALL = "all"


def session_settings(source: Source, right: Right) -> dict[str, str]:
    """Names and values for `SET LOCAL`: `:scope` becomes `{4,5}` or `all`, `:person` a name; `role` is one value.

    A system that speaks for a person gets what both have. `Refused` (403) when no role is given.
    """
    return {name: _value(source, right, name, given) for name, given in source.settings.items()}


def _value(source: Source, right: Right, name: str, given: str) -> str:
    if not given.startswith(":"):
        return given
    if given[1:] == PERSON:
        return right.principal.id.partition(":")[2]
    scope = source.scopes.get(given[1:], {})
    values = _shared([values_of(scope, holders) for holders in right.parties])
    if name != "role":
        return ALL if values is None else "{" + ",".join(map(_element, values)) + "}"
    if not values:
        raise Refused("forbidden", f"You have no role in {source.title}. Ask who runs it for one.", 403)
    return str(values[0])


def _shared(parties: Sequence[Values]) -> Values:
    """What all parties may see."""
    found: Values = None
    for values in parties:
        if values is not None:
            found = values if found is None else [value for value in found if value in values]
    return found


def _element(value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
