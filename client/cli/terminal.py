"""Prints text safely: text from others is never interpreted as markup or as terminal commands."""

import json
import os
import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.text import Text

from shared.events import HIDDEN, visible


class Terminal(Console):
    """A console that ignores markup in strings and escapes control characters; `styled` makes styled text."""

    def __init__(self, **how: Any) -> None:
        super().__init__(markup=False, highlight=False, emoji=False, **how)

    def print(self, *objects: Any, **how: Any) -> None:
        """Lines are wrapped on a terminal alone: in a file or a pipe a program reads them."""
        super().print(*objects, **{"soft_wrap": not self.is_terminal} | how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments, with control characters in texts made visible."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def styled(template: str, **values: object) -> Text:
    """A template with markup, and values without: `styled("[bold]{name}[/] is removed.", name=name)`."""
    return Text.from_markup(template.format_map({name: escape(str(value)) for name, value in values.items()}))


def lines(*texts: Text | str) -> Text:
    """The texts, each on its own line."""
    return Text("\n").join(text if isinstance(text, Text) else Text(text) for text in texts)


def terminal_language() -> str | None:
    """`zh` when the terminal's locale is Chinese."""
    return "zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).startswith("zh") else None


def json_line(value: Any) -> str:
    """JSON on one line, with invisible characters escaped."""
    return HIDDEN.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
