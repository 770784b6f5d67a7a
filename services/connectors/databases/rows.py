"""Rows as they leave a database: plain values that JSON can hold."""

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

Cell = str | int | float | None
EXACT = 2**53  # a whole number beyond it is not the same in JavaScript
LONGEST = 2_000  # characters of one cell


@dataclass(frozen=True)
class Rows:
    """At most the wanted number of rows; `more` when there were others."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: bool = False


def collected(columns: Sequence[str], found: Iterable[Sequence[Any]], most: int) -> Rows:
    """The first `most` rows."""
    kept = [tuple(map(cell, row)) for row in found]
    return Rows(tuple(columns), tuple(kept[:most]), len(kept) > most)


def cell(value: Any) -> Cell:
    """Decimals keep every digit: a number where it is exact, else text; binary fractions keep 13 digits."""
    match value:
        case None | bool():
            return None if value is None else int(value)
        case int():
            return value if abs(value) <= EXACT else str(value)
        case float():
            # 13 digits: what a sum of binary fractions adds behind them (7455452.969999999) stands in no row.
            return round(float(f"{value:.13g}"), 10) if math.isfinite(value) else None
        case Decimal():
            return _decimal(value)
        case datetime():
            return value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return f"({len(bytes(value))} bytes)"
        case _:
            return _clean(str(value))


def decoded(data: bytes) -> str:
    """Text of databases that keep bytes: UTF-8, else GB 18030, which GBK is part of."""
    for charset in ("utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def _decimal(value: Decimal) -> Cell:
    if not value.is_finite():
        return None
    if value == value.to_integral_value() and abs(value) <= EXACT:
        return int(value)
    as_float = float(value)
    return as_float if Decimal(repr(as_float)) == value else str(value)


def _clean(text: str) -> str:
    kept = "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in text[: LONGEST + 1])
    return kept if len(kept) <= LONGEST else kept[: LONGEST - 1] + "…"
