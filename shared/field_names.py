"""Names the field that was meant when one is misspelt."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


def unknown_field(given: Any, known: Iterable[str]) -> str | None:
    """What to say of the first field that is not known, None when all are (or nothing with fields was given)."""
    names = list(known)
    unknown = sorted(set(given) - set(names)) if isinstance(given, dict) else []
    if not unknown:
        return None
    near = get_close_matches(unknown[0][:64], names, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(names)}."
    return f"The field {unknown[0][:64]!r} is not known. {hint}"
