"""`cloister audit verify`, `key` and `prove`: check the log against its signed checkpoints."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from client.audit import Bundle, InvalidLog, LogKey, Verifier, archive_bundles
from client.audit.downloads import mirrored
from client.audit.service import AuditClient
from client.audit.state import load_state, save_state
from client.cli.commands.audit.records import app
from client.cli.credentials import home
from client.cli.framework import FAILED, CommandContext, command
from client.cli.terminal import lines, styled
from client.sdk.errors import Refused

__all__ = ["app"]
Files = Annotated[list[Path] | None, typer.Argument(help="Archives or exports, oldest first; - reads standard input.")]
Key = Annotated[str, typer.Option("--key", help="The log's verifier key, or a file that holds it.")]
Nats = Annotated[str, typer.Option("--nats", help="Read the security team's mirror on this bus: nats://host:4222.")]
User = Annotated[str, typer.Option("--user", help="As this auditor; the password is in CLOISTER_NATS_PASSWORD.")]
State = Annotated[
    Path | None, typer.Option("--state", help="Store the verified state in this file, and continue from it.")
]


@command(app, example="cloister audit verify archive/*.zst --key audit.vkey")
def verify(
    ctx: CommandContext,
    files: Files = None,
    key: Key = "",
    state: State = None,
    nats: Nats = "",
    user: User = "",
) -> None:
    """Check records and checkpoints, of archives offline or of the running Cloister. Exit code 1: not intact."""
    try:
        verifier = Verifier(_key(ctx, key, bool(files or nats)), load_state(state), None if files or nats else 1)
        if nats:
            report = verifier.all(mirrored(nats, user, os.environ.get("CLOISTER_NATS_PASSWORD", "")))
        elif files:
            report = verifier.all(bundle for path in files for bundle in _read(path))
        else:
            report = AuditClient(ctx.http, verifier.key).verify(verifier)
    except InvalidLog as invalid:
        raise typer.Exit(_not_intact(ctx, invalid)) from invalid
    if state:
        save_state(verifier, state)
    result = {
        "intact": not report.gaps,
        "first": report.first,
        "size": report.size,
        "records": report.records,
        "bundles": report.bundles,
        "root": report.root.hex(),
        "gaps": report.gaps,
        "key": verifier.key.text,
        "signed_at": report.at.isoformat() if report.at else None,
    }
    words = f"{report.records:,} records, {report.first:,} to {report.size:,}, are what was signed at {report.at}."
    ctx.show(result, lines(words, *(styled("[yellow]![/] {gap}", gap=gap) for gap in report.gaps)))
    if report.gaps:
        raise typer.Exit(FAILED)


@command(app, example="cloister audit key > audit.vkey")
def key(ctx: CommandContext) -> None:
    """Print the log's verifier key. Store it where those who run the server cannot change it."""
    found = AuditClient(ctx.http).key.text
    ctx.print_json({"vkey": found}) if ctx.json else print(found)


@command(app, example="cloister audit prove 1234")
def prove(ctx: CommandContext, seq: Annotated[int, typer.Argument(min=1)], key: Key = "") -> None:
    """Prove that a record is in the signed log (an RFC 6962 inclusion proof, checked on this machine)."""
    try:
        signed = AuditClient(ctx.http, _key(ctx, key, False)).prove(seq)
    except InvalidLog as invalid:
        raise typer.Exit(_not_intact(ctx, invalid)) from invalid
    found = {"seq": seq, "size": signed.size, "root": signed.root.hex()}
    ctx.show(found, f"Record {seq} is in the log of {signed.size} records that was signed at {signed.at}.")


def _key(ctx: CommandContext, given_key: str, offline: bool) -> LogKey:
    """The given key, the one in this machine's home, or the server's."""
    own = home() / "keys" / "audit.vkey"
    path = Path(given_key) if given_key and "+" not in given_key else own
    try:
        if given_key and "+" in given_key:
            return LogKey(given_key)
        if given_key or path.exists():
            return LogKey(path.read_text())
    except (OSError, ValueError) as error:
        raise Refused("invalid", f"--key {given_key or path}: {error}", 422) from error
    if offline:
        raise Refused("invalid", "Offline the key must be given: --key audit.vkey, or the key itself.", 422)
    return AuditClient(ctx.http).key


def _read(path: Path) -> Iterator[Bundle]:
    try:
        yield from archive_bundles(sys.stdin.buffer if str(path) == "-" else path)
    except OSError as error:
        raise Refused("invalid", f"{path} cannot be read ({error.strerror}).", 422) from error


def _not_intact(ctx: CommandContext, invalid: InvalidLog) -> int:
    where = {"seq": invalid.seq, "last": invalid.last}
    named = str(invalid.seq) in invalid.words.split() or invalid.seq is None
    words = invalid.words if named else f"{invalid.words}, from record {invalid.seq} on"
    if ctx.json:
        ctx.print_json({"intact": False, "error": words} | where)
    else:
        ctx.err.print(styled("[bold red]✗[/] The log is not intact: {words}.", words=words))
    return FAILED
