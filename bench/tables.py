"""Figures as tables in the terminal."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one table."""
    drawn = Table(*head, title=title, title_justify="left")
    for row in rows:
        drawn.add_row(*row)
    Console(width=160).print(drawn)
