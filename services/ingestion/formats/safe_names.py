"""Safe, unique names for files from archives."""

import re
import unicodedata

LONGEST = 200
CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class Names:
    """Gives each file of one container a name of its own."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def new(self, name: str) -> str:
        """The safe form of a name; with a number where another file has it already."""
        wanted, n = safe(name), 1
        given = wanted
        while given.casefold() in self._given:
            n += 1
            stem, dot, suffix = wanted.rpartition(".")
            given = f"{stem} ({n}).{suffix}" if dot and "/" not in suffix else f"{wanted} ({n})"
        self._given.add(given.casefold())
        return given


def safe(name: str) -> str:
    """A path without roots, drives, steps upwards, control and direction characters; the end of it when it is long."""
    kept = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in CONTROL)
    steps = [step.strip(" .") if set(step) <= {".", " "} else step.strip() for step in re.split(r"[/\\]+", kept)]
    steps = [step for step in steps if step and not re.fullmatch(r"[A-Za-z]:", step)]
    return "/".join(steps)[-LONGEST:].lstrip("/") or "unnamed"
