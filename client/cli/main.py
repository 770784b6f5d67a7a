"""The `cloister` command."""

import io
import os
import sys
from importlib.metadata import version
from typing import Annotated

import typer

from client.cli.commands.access import grants, keys, limits, offboarding, roles, sessions, topics, workspaces
from client.cli.commands.audit import holds, monthly_report
from client.cli.commands.documents import browse, ingest, sources
from client.cli.commands.questions import ask, evaluate, scenarios
from client.cli.commands.system import connectors, doctor, login, models, up
from client.cli.framework import Json, Token, Url
from client.cli.narrow_help import Group

app = typer.Typer(
    name="cloister",
    cls=Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (up, ask, ingest, doctor, login, monthly_report):
    module.register(app)
for group in (
    browse.app,
    workspaces.app,
    offboarding.app,
    sessions.app,
    grants.app,
    roles.app,
    scenarios.app,
    limits.app,
    topics.app,
    keys.app,
    up.streams,
    holds.app,
    connectors.app,
    models.app,
    evaluate.app,
    sources.app,
):
    app.add_typer(group)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cloister {version('cloister-qa-client')}")
        raise typer.Exit


Version = Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")]


@app.callback(epilog="Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 69 cannot be reached · 77 not allowed")
def options(url: Url = "", token: Token = "", as_json: Json = False, version: Version = False) -> None:
    """Ask your own documents, on your own machines. `cloister COMMAND --help` shows an example of each."""


def main() -> None:
    """Entry point."""
    os.umask(0o077)  # answers, reports and files of documents are this user's alone
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a locale without Chinese shows it as escapes
    app()


if __name__ == "__main__":
    main()
