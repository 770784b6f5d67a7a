"""`cloister documents`: what there is, one in detail, its bytes, gone."""

from pathlib import Path
from typing import Annotated, Any

import typer

from client.command import Here, command, group
from client.commands import readers
from shared.events import DocumentState

app = group("documents", "Documents: see them, fetch them, take them away.")
readers.register(app)
Id = Annotated[str, typer.Argument(metavar="ID", help="As `cloister documents list` shows it.")]
COLUMNS = {
    "document_id": "id", "title": "title", "workspace": "workspace", "revision": "rev", "status": "status",
    "pages": "pages", "chunks": "pieces", "reason": "reason",
}  # fmt: skip


def _row(state: DocumentState) -> dict[str, Any]:
    return state.model_dump(mode="json", exclude={"object"})


@command(app, "list", example="cloister documents list -w finance --json")
def every(
    here: Here, workspace: Annotated[str | None, typer.Option("--workspace", "-w", help="Only of this one.")] = None
) -> None:
    """All that you may read, newest first."""
    here.table([_row(state) for state in here.http.documents(workspace)], COLUMNS, "There are no documents.")


@command(app, example="cloister documents show 4f1c…")
def show(here: Here, document: Id) -> None:
    """One document and its newest revision."""
    row = _row(here.http.document(document))
    here.show(row, "\n".join(f"[bold]{name:12}[/] {value}" for name, value in row.items() if value is not None))


@command(app, example="cloister documents get 4f1c… --to report.pdf")
def get(here: Here, document: Id, to: Annotated[Path, typer.Option(help="Where to write it.")]) -> None:
    """The file as it was uploaded."""
    data = here.http.content(document)
    to.write_bytes(data)
    here.show({"document_id": document, "path": str(to), "size": len(data)}, f"{to} has {len(data):,} bytes.")


@command(app, example="cloister documents rename 4f1c… 'Travel policy 2026.docx'")
def rename(here: Here, document: Id, title: str) -> None:
    """Another title, no new revision."""
    here.show(_row(here.http.amend(document, title=title)), f"It is called {title} now.")


@command(app, example="cloister documents remove 4f1c…")
def remove(here: Here, document: Id) -> None:
    """Take it away, with its bytes and pieces; nobody finds it any more."""
    state = here.http.discard(document)
    here.show(_row(state), f"{state.title} is gone from {state.workspace}.")
