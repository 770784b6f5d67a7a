"""The `cloister` command."""

import os

import typer

from client.cli.commands import (
    access,
    ask,
    audit_rules,
    connectors,
    doctor,
    documents,
    evaluate,
    ingest,
    keys,
    login,
    models,
    report,
    rights,
    sources,
    up,
)

app = typer.Typer(
    name="cloister",
    help="Ask your own documents, on your own machines. `cloister COMMAND --help` shows an example of each.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done · 1 refused or failed · 2 wrong usage · 69 cannot be reached · 77 not allowed",
)
for part in (up, ask, ingest, doctor, login, report):
    part.register(app)
for nouns in (
    documents.app,
    access.workspaces,
    access.users,
    access.grants,
    rights.roles,
    rights.limits,
    rights.topics,
    keys.app,
    up.streams,
    audit_rules.app,
    connectors.app,
    models.app,
    evaluate.app,
    sources.app,
):
    app.add_typer(nouns)


def main() -> None:
    """Entry point."""
    os.umask(0o077)  # answers, reports and files of documents are this user's alone
    app()


if __name__ == "__main__":
    main()
