"""Names the field that is wrong, or that was meant when one is misspelt."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

PARTS = {"body", "query", "path", "header"}  # of a request, as FastAPI names them
LIMITS = ("max_length", "min_length", "le", "ge", "lt", "gt")


def problem_of(error: Mapping[str, Any]) -> dict[str, str | int]:
    """A validation error as values of a refusal: the `field`, pydantic's name of the `problem`, and its `limit`."""
    names = [str(part) for part in error["loc"][:8] if part not in PARTS]
    found: dict[str, str | int] = {"field": ".".join(names)[:80]} if names else {}
    limit = next((limit for name in LIMITS if isinstance(limit := error.get("ctx", {}).get(name), int)), None)
    return found | {"problem": str(error["type"])} | ({} if limit is None else {"limit": limit})


def unknown_field(given: Any, known: Iterable[str]) -> str | None:
    """What to say of the first field that is not known, None when all are (or nothing with fields was given)."""
    names = list(known)
    unknown = sorted(set(given) - set(names)) if isinstance(given, dict) else []
    if not unknown:
        return None
    near = get_close_matches(unknown[0][:64], names, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"Known are {', '.join(names)}."
    return f"The field {unknown[0][:64]!r} is not known. {hint}"
