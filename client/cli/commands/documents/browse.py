"""`cloister documents list`, `show`, `get` and `rename`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from client.cli.commands.documents import lifecycle, readers
from client.cli.commands.documents.vectors import vectors_left
from client.cli.framework import CommandContext, command, group
from client.cli.terminal import lines, styled
from shared.events import DocumentState, last_day

app = group(
    "documents", "Documents: list, show, download and remove them.", "cloister documents list -w finance --json"
)
readers.register(app)
lifecycle.register(app)
Id = Annotated[str, typer.Argument(metavar="ID", help="As `cloister documents list` shows it.")]
COLUMNS = {
    "document_id": "id", "title": "title", "workspace": "workspace", "revision": "rev", "stage": "stage",
    "pages": "pages", "chunks": "pieces", "dates": "dates", "reason": "reason",
}  # fmt: skip


def _row(state: DocumentState) -> dict[str, Any]:
    return state.model_dump(mode="json", exclude={"object"})


def _line(state: DocumentState) -> dict[str, Any]:
    return _row(state) | {"stage": _stage(state), "dates": _dates(state)}


def _stage(state: DocumentState) -> str:
    share = f" {state.progress:.0%}" if state.progress is not None else ""
    return (
        "withdrawn" if state.withdrawn and state.status == "indexed" else state.status + (share or vectors_left(state))
    )


def _dates(state: DocumentState) -> str:
    begins = f"from {state.effective.astimezone():%Y-%m-%d}" if state.effective else ""
    return " ".join([begins, f"until {last_day(state.expires)}" if state.expires else ""]).strip()


@command(app, "list", example="cloister documents list -w finance --json")
def list_all(
    ctx: CommandContext,
    workspace: Annotated[str | None, typer.Option("--workspace", "-w", help="Only of this one.")] = None,
    status: Annotated[str | None, typer.Option(help="received, parsing, indexing, indexed or rejected.")] = None,
    title: Annotated[str | None, typer.Option(help="A part of the title.")] = None,
) -> None:
    """List the documents that you may read, newest first, with their progress or why they were rejected."""
    found = ctx.http.documents(workspace, status=status, q=title)
    ctx.table((_row(state) if ctx.json else _line(state) for state in found), COLUMNS, "There are no documents.")


@command(app, example="cloister documents show 4f1c…")
def show(ctx: CommandContext, document: Id) -> None:
    """Show a document and its newest revision."""
    row = _row(ctx.http.document(document))
    fields = [(name, value) for name, value in row.items() if value is not None]
    ctx.show(row, lines(*(styled("[bold]{name}[/] {value}", name=f"{name:12}", value=value) for name, value in fields)))


@command(app, example="cloister documents get 4f1c… --to report.pdf")
def get(
    ctx: CommandContext,
    document: Id,
    to: Annotated[Path, typer.Option(help="Where to write it.")],
    revision: Annotated[int | None, typer.Option(min=1, help="An older one, see `history`.")] = None,
) -> None:
    """Download the file as it was uploaded."""
    data = ctx.http.content(document, revision)
    to.write_bytes(data)
    ctx.show({"document_id": document, "path": str(to), "size": len(data)}, f"{to} has {len(data):,} bytes.")


@command(app, example="cloister documents rename 4f1c… 'Travel policy 2026.docx'")
def rename(ctx: CommandContext, document: Id, title: str) -> None:
    """Change the title; this makes no revision."""
    ctx.show(_row(ctx.http.amend(document, title=title)), f"The title is now {title}.")
