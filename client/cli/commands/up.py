"""`cloister up` and `cloister streams`: run it, and declare what the bus keeps."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from client.cli.framework import CommandContext, command, group

streams = group("streams", "What the bus keeps: declared in code, applied by one command.")


def register(app: typer.Typer) -> None:
    """Add `up`."""

    @app.command(epilog="Example:  CLOISTER_HTTP_PORT=8080 cloister up --each")
    def up(
        each: Annotated[bool, typer.Option("--each", help="One process for each service.")] = False,
        keycloak: Annotated[
            bool, typer.Option("--keycloak", help="With a Keycloak that has the sample company's people.")
        ] = False,
    ) -> None:
        """Start everything on this machine; ^C ends it."""
        flags = (["--each"] if each else []) + (["--keycloak"] if keycloak else [])
        arguments = [sys.executable, "-m", "infra.supervisor", *flags]
        os.execv(sys.executable, arguments)  # noqa: S606


def _run(ctx: CommandContext, what: str) -> None:
    arguments = [sys.executable, "-m", "shared.streams", what, *(["--json"] if ctx.json else [])]
    raise typer.Exit(subprocess.run(arguments, check=False).returncode)


@command(streams, example="cloister streams apply")
def apply(ctx: CommandContext) -> None:
    """Make the bus agree with the declarations; tells what was changed."""
    _run(ctx, "apply")


@command(streams, example="cloister streams show --json")
def show(ctx: CommandContext) -> None:
    """Each stream and consumer with what it holds and what waits."""
    _run(ctx, "show")
