"""Parameters of a named query: read from a question, or taken from a caller and checked."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from services.connectors.declarations.parameters import Choice, Integer, NamedQuery, Parameter, Period, Text, Value
from services.connectors.guard.rewrite import Value as Bound
from services.connectors.named.numbers import number_beside, only_number
from services.connectors.named.periods import period
from services.connectors.named.texts import bare, folded
from services.connectors.named.values import Known, value_in
from shared.errors import Refused

Look = Callable[[Value], Awaitable[Sequence[Known]]]


class Unbound(Refused):
    """A parameter that the question does not give."""

    def __init__(self, name: str, title: str) -> None:
        words = f"Which {title}? Name it in the question, or give '{name}'."
        super().__init__("parameter_missing", words, 422, values={"parameter": title, "name": name})


async def bind(query: NamedQuery, text: str, now: datetime, look: Look) -> dict[str, Bound]:
    """Every parameter from the words of a question, else its default. `Unbound` when one has neither."""
    bound, rest = _clock(now), text
    if any(isinstance(one, Period) for one in query.parameters.values()) and (found := period(text, now)):
        rest = folded(text).replace(found.words, " ", 1)
    for name, parameter in query.parameters.items():
        bound |= await _read(name, parameter, text if isinstance(parameter, Period) else rest, now, look, query)
    return bound


async def _read(
    name: str, parameter: Parameter, text: str, now: datetime, look: Look, query: NamedQuery
) -> dict[str, Bound]:
    match parameter:
        case Period():
            return _period(name, parameter, text, now)
        case Integer():
            alone = sum(isinstance(one, Integer) for one in query.parameters.values()) == 1
            found = number_beside(text, parameter.beside)
            found = only_number(text) if found is None and alone else found
            inside = found is not None and parameter.min <= found <= parameter.max
            return {name: _given(name, parameter, found if inside else None)}
        case Choice():
            return {name: _given(name, parameter, _choice(parameter, text))}
        case Value():
            return {name: _given(name, parameter, value_in(text, await look(parameter)))}
        case Text():
            return {name: _given(name, parameter, None)}


def checked(query: NamedQuery, given: Mapping[str, Any], now: datetime) -> dict[str, Bound]:
    """The same from a caller's values. `Refused` (422) names the parameter, the value and what it should be."""
    unknown = sorted(set(given) - set(query.parameters))
    if unknown:
        known = ", ".join(query.parameters) or "none"
        raise Refused("invalid", f"There is no parameter '{unknown[0]}'. The query's parameters: {known}.", 422)
    bound = _clock(now)
    for name, parameter in query.parameters.items():
        bound |= _checked(name, parameter, given.get(name), now)
    return bound


def _checked(name: str, parameter: Parameter, value: Any, now: datetime) -> dict[str, Bound]:
    if value is None:
        return (
            _period(name, parameter, "", now)
            if isinstance(parameter, Period)
            else {name: _given(name, parameter, None)}
        )
    match parameter:
        case Integer():
            whole = parameter.type == "integer"
            kind = int if whole else (int, float)
            if isinstance(value, bool) or not isinstance(value, kind) or not parameter.min <= value <= parameter.max:
                kind_name = "whole number" if whole else "number"
                raise _wrong(name, value, f"a {kind_name} from {parameter.min} to {parameter.max}")
            return {name: value}
        case Choice():
            if value not in parameter.values:
                raise _wrong(name, value, f"one of {', '.join(parameter.values)}")
            return {name: value}
        case Period():
            return _interval(name, value, now)
        case Value() | Text():
            most = parameter.max_length if isinstance(parameter, Text) else 200
            if not isinstance(value, str) or len(value) > most or any(ord(c) < 32 for c in value):
                raise _wrong(name, value, f"text of at most {most} characters")
            return {name: value}


def _interval(name: str, value: Any, now: datetime) -> dict[str, Bound]:
    wanted = 'words like "last quarter", or two dates ["2026-01-01", "2026-04-01"] of which the second is not included'
    if isinstance(value, str) and (found := period(value, now)):
        return _bounds(name, found.start, found.end)
    try:
        start, end = (date.fromisoformat(one) for one in value)
    except (TypeError, ValueError) as error:
        raise _wrong(name, value, wanted) from error
    if start >= end:
        raise _wrong(name, value, wanted)
    return _bounds(name, datetime.combine(start, time()), datetime.combine(end, time()))


def _period(name: str, parameter: Period, text: str, now: datetime) -> dict[str, Bound]:
    found = period(text, now) or (period(parameter.default, now) if parameter.default else None)
    if found is None:
        raise Unbound(name, _title(name, parameter))
    return _bounds(name, found.start, found.end)


def _bounds(name: str, start: datetime, end: datetime) -> dict[str, Bound]:
    """Days, also as numbers; a period that ends within a day includes that day. `_from`, `_to` are to the second."""
    last = end if end.time() == time() else end + timedelta(days=1)
    first, after = (int(day.strftime("%Y%m%d")) for day in (start, last))
    return {
        f"{name}_first": first,
        f"{name}_next": after,
        f"{name}_start": start.date().isoformat(),
        f"{name}_end": last.date().isoformat(),
        f"{name}_from": start.isoformat(" ", "seconds"),
        f"{name}_to": end.isoformat(" ", "seconds"),
    }


def _choice(parameter: Choice, text: str) -> str | None:
    line = bare(text)
    words = [(bare(word), value) for value, given in parameter.values.items() for word in (value, *given)]
    return next((value for word, value in sorted(words, key=lambda one: -len(one[0])) if word and word in line), None)


def _given(name: str, parameter: Integer | Choice | Value | Text, found: Bound) -> Bound:
    value = parameter.default if found is None else found
    if value is None:
        raise Unbound(name, _title(name, parameter))
    return value


def _clock(now: datetime) -> dict[str, Bound]:
    return {"today": now.date().isoformat(), "now": now.isoformat(" ", "seconds")}


def _title(name: str, parameter: Parameter) -> str:
    return str(parameter.title) if parameter.title else name


def _wrong(name: str, value: Any, wanted: str) -> Refused:
    return Refused("invalid", f"The parameter '{name}' cannot be {str(value)[:80]!r}: give {wanted}.", 422)
