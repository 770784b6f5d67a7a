"""`cloister up` and `cloister streams`: start everything, and apply the streams."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group

streams = group("streams", "Streams of the bus: declared in code, applied by a command.", "cloister streams apply")


def register(app: typer.Typer) -> None:
    """Add `up`."""

    @app.command(epilog="Example:  CLOISTER_HTTP_PORT=8080 cloister up --each")
    def up(
        each: Annotated[bool, typer.Option("--each", help="One process for each service.")] = False,
        keycloak: Annotated[
            bool, typer.Option("--keycloak", help="With a Keycloak that has the sample company's people.")
        ] = False,
    ) -> None:
        """Start everything on this machine; ^C stops it."""
        flags = (["--each"] if each else []) + (["--keycloak"] if keycloak else [])
        arguments = [sys.executable, "-m", "infra.supervisor", *flags]
        os.execv(sys.executable, arguments)  # noqa: S606


def _run(ctx: CommandContext, what: str) -> None:
    arguments = [sys.executable, "-m", "shared.streams", what, *(["--json"] if ctx.json else [])]
    raise typer.Exit(subprocess.run(arguments, check=False).returncode)


@command(streams, example="cloister streams apply")
def apply(ctx: CommandContext) -> None:
    """Apply the declared streams and consumers, and print what changed."""
    _run(ctx, "apply")


@command(streams, example="cloister streams show --json")
def show(ctx: CommandContext) -> None:
    """Show each stream and consumer with its stored and waiting messages."""
    _run(ctx, "show")
