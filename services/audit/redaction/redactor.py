"""Redacts text with the built-in recognisers and patterns from a file."""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from services.audit.redaction.presidio import Presidio
from services.audit.redaction.recognizers import BUILT_IN, Recognizer
from shared.errors import NotReady

# One character for one, so that places in the text stay what they are.
NARROW = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}
DIGITS = re.compile(r"[0-9@]")


class Redactor:
    """`own` are looked for before the built-in ones, `presidio` after them."""

    def __init__(self, own: Sequence[Recognizer] = (), presidio: Presidio | None = None) -> None:
        self._recognizers = (*own, *BUILT_IN)
        self._presidio = presidio
        self._more = bool(own) or presidio is not None

    def text(self, text: str) -> str:
        """The text with `<id-number>` and the like in the place of what was recognised."""
        found = text.translate(NARROW)
        if not self._more and not DIGITS.search(found):
            return text
        for each in self._recognizers:
            text, found = self._replaced(each, text, found)
        for start, end, name in self._presidio.spots(found) if self._presidio else ():
            text = f"{text[:start]}<{name}>{text[end:]}"
        return text

    @staticmethod
    def _replaced(each: Recognizer, text: str, found: str) -> tuple[str, str]:
        spots = [match.span() for match in each.pattern.finditer(found) if each.valid(match.group())]
        for start, end in reversed(spots):
            mark = f"<{each.name}>"
            text, found = text[:start] + mark + text[end:], found[:start] + mark + found[end:]
        return text, found

    def value(self, value: Any) -> Any:
        """The same for every text inside of lists and objects."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {name: self.value(each) for name, each in value.items()}
        return [self.value(each) for each in value] if isinstance(value, list | tuple) else value


def open_redactor(path: Path | None, presidio: bool = False) -> Redactor:
    """With the patterns of a TOML file: `[patterns]`, and a line `name = 'regular expression'` for each."""
    more = Presidio() if presidio else None
    if path is None:
        return Redactor(presidio=more)
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8")).get("patterns", {})
        return Redactor([Recognizer(name, re.compile(pattern)) for name, pattern in given.items()], more)
    except (OSError, tomllib.TOMLDecodeError, re.error, TypeError, AttributeError) as error:
        raise NotReady(f"CLOISTER_AUDIT_PATTERNS={path} cannot be used ({error}). Correct it or unset it.") from error
