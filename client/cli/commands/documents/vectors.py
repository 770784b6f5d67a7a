"""Shows how much of documents is found by its meaning, and how long the rest will take."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from client.cli.framework import CommandContext
from client.sdk.http import Http
from shared.events import DocumentState

LATER = (
    "They are found by their words now, and soon by their meaning: `cloister documents list` shows how far they are."
)
FIELDS = {"status", "vectors", "withdrawn"}
LOOK = 0.5  # seconds between two looks at a document


def vectors_left(state: DocumentState) -> str:
    """Of an indexed document; empty when it is whole."""
    if state.status != "indexed" or state.vectors is None or state.vectors >= 1:
        return ""
    left = (state.vectors_due - datetime.now(UTC)).total_seconds() if state.vectors_due else 0
    return f", vectors {state.vectors:.0%}" + (f", {_in_words(left)} left" if left > 0 else "")


def follow_vectors(ctx: CommandContext, http: Http, rows: Sequence[dict[str, Any]]) -> None:
    """Wait until the indexed ones have all their vectors, and show their pieces; the rows say so then."""
    columns = (TextColumn("by meaning"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    indexed = [row for row in rows if row["status"] == "indexed"]
    with Progress(*columns, console=ctx.err, transient=True) as bar:
        task = bar.add_task("", total=sum(row["chunks"] for row in indexed))
        while waiting := [row for row in indexed if _waits(row)]:
            row = waiting[0]
            row |= http.document(row["document_id"]).model_dump(mode="json", include=FIELDS)
            bar.update(task, completed=sum(row["chunks"] * (row["vectors"] or 0) for row in indexed))
            time.sleep(LOOK)


def _waits(row: dict[str, Any]) -> bool:
    """A withdrawn document gets no vectors until it is restored."""
    return row["status"] == "indexed" and not row.get("withdrawn") and (row["vectors"] or 0) < 1


def _in_words(seconds: float) -> str:
    return f"about {seconds:.0f} s" if seconds < 90 else f"about {seconds / 60:.0f} min"
