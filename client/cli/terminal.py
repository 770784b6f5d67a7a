"""What is printed: text that others wrote reaches the terminal as text, never as markup or as a command to it."""

import json
import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.text import Text

from shared.events import HIDDEN, visible


class Terminal(Console):
    """A console that reads no markup in strings and passes no control characters on; styles come from `styled`."""

    def __init__(self, **how: Any) -> None:
        super().__init__(markup=False, highlight=False, emoji=False, **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is drawn, without what only a terminal would see."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def styled(template: str, **values: object) -> Text:
    """Markup of ours with values of anybody's: `styled("[bold]{name}[/] is gone.", name=name)`."""
    return Text.from_markup(template.format_map({name: escape(str(value)) for name, value in values.items()}))


def lines(*texts: Text | str) -> Text:
    """Each on a line of its own."""
    return Text("\n").join(text if isinstance(text, Text) else Text(text) for text in texts)


def json_line(value: Any) -> str:
    """JSON to read as it is, with what nobody sees written as escapes."""
    return HIDDEN.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]
