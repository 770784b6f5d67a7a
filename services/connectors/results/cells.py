"""Cells as people read them, and as text in which nothing is markup."""

import re

from services.connectors.databases.rows import Cell

MARKUP = re.compile(r"([\\`*_\[\]<>|#~!])")


def shown(value: Cell, unit: str = "") -> str:
    """Thousands are set apart; a missing value is a dash."""
    if value is None:
        return "—"
    text = f"{value:,}" if isinstance(value, int) else _decimal(value) if isinstance(value, float) else plain(value)
    return f"{text} {unit}" if unit and unit != "%" else f"{text}{unit}"


def plain(text: str) -> str:
    """Text of a row can be no link, no citation and no heading."""
    return MARKUP.sub(r"\\\1", " ".join(text.split()))


def _decimal(value: float) -> str:
    text = f"{value:,.4f}".rstrip("0")
    return f"{text}00" if text.endswith(".") else f"{text}0" if text[-2] == "." else text
