"""The `cloister` command."""

import os
import sys
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode="markdown")


@app.callback()
def cloister() -> None:
    """Private answers from a company's own documents, on its own machines."""


@app.command()
def up(each: Annotated[bool, typer.Option(help="One process for each service.")] = False) -> None:
    """Start everything on this machine; ^C ends it."""
    words = [sys.executable, "-m", "infra.supervisor", *(["--each"] if each else [])]
    sys.stdout.flush()
    os.execv(words[0], words)  # noqa: S606


def main() -> None:
    """The entry point."""
    app()
