"""`cloister audit`: the record of everything, as a list or as it grows, and whether it still is what was signed."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from client.audit import Broken, Bundle, LogKey, Verifier, archive_bundles
from client.audit.service import Audit
from client.audit.state import kept_state, state_of
from client.cli.credentials import home
from client.cli.framework import FAILED, Here, command, group
from client.cli.terminal import styled
from client.sdk.errors import Refused
from client.sdk.transport import given
from shared.events import Record

app = group("audit", "The audit log: who asked, what was read, who changed what. For auditors.")
COLUMNS = {"seq": "no", "at": "at", "subject": "subject", "principal": "who", "about": "about", "digest": "digest"}
After = Annotated[int, typer.Option(min=0, help="Only after this number.")]
About = Annotated[str | None, typer.Option(help="Only of this query or document.")]
Who = Annotated[str | None, typer.Option("--who", help="Only of this person or system: person:alice, app:crm.")]
Kind = Annotated[str | None, typer.Option(help="Only subjects that begin so: access., query.searched.")]
Since = Annotated[datetime | None, typer.Option(help="From this time on (of this machine's zone).")]
Until = Annotated[datetime | None, typer.Option(help="Before this time.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")]
Files = Annotated[list[Path] | None, typer.Argument(help="Archives or exports, oldest first; - reads the input.")]
Key = Annotated[str, typer.Option("--key", help="The log's verifier key, or a file that holds it.")]
State = Annotated[Path | None, typer.Option("--state", help="Remember what was seen here, and go on from it.")]


@command(app, "list", example="cloister audit list --about 5e8a… --json")
def every(here: Here, after: After = 0, about: About = None) -> None:
    """A page of it, oldest first."""
    _listed(here, here.http.audit_records(after, about))


@command(app, example="cloister audit search --who person:alice --since 2026-11-28 --kind query.")
def search(
    here: Here, who: Who = None, about: About = None, kind: Kind = None, since: Since = None, until: Until = None,
    after: After = 0, limit: Limit = 500,
) -> None:  # fmt: skip
    """Records of a person, a day, a document or a kind; the search is itself a record."""
    times = {name: value.astimezone().isoformat() for name, value in (("since", since), ("until", until)) if value}
    _listed(here, here.http.audit_records(after, about, **given(principal=who, kind=kind, limit=limit), **times))


@command(app, example="cloister audit follow --after 1200 | tee records.txt")
def follow(here: Here, after: After = 0, about: About = None, who: Who = None, kind: Kind = None) -> None:
    """One line a record, as it is written, until ^C. With --json each line is a record."""
    for record in here.http.follow(after, about, **given(principal=who, kind=kind)):
        if here.json:
            here.print_json(record.model_dump(mode="json"))
        else:
            here.out.print(_line(record))


@command(app, example="cloister audit verify archive/*.zst --key audit.vkey")
def verify(here: Here, files: Files = None, key: Key = "", state: State = None) -> None:
    """Check records and checkpoints: those of archives offline, or of the running Cloister. Exit code 1: not intact."""
    try:
        verifier = Verifier(_key(here, key, bool(files)), kept_state(state), None if files else 1)
        if files:
            report = verifier.all(bundle for path in files for bundle in _read(path))
        else:
            report = Audit(here.http, verifier.key).verify(verifier)
    except Broken as broken:
        raise typer.Exit(_not_intact(here, broken)) from broken
    if state:
        state_of(verifier, state)
    told = {
        "intact": not report.gaps, "first": report.first, "size": report.size, "records": report.records,
        "bundles": report.bundles, "root": report.root.hex(), "gaps": report.gaps, "key": verifier.key.text,
        "signed_at": report.at.isoformat() if report.at else None,
    }  # fmt: skip
    words = f"{report.records:,} records, {report.first:,} to {report.size:,}, are what was signed at {report.at}."
    here.show(told, "\n".join([words, *(f"[yellow]![/] {gap}" for gap in report.gaps)]))
    if report.gaps:
        raise typer.Exit(FAILED)


@command(app, example="cloister audit key > audit.vkey")
def key(here: Here) -> None:
    """The log's verifier key. Keep it where nobody who runs the server can change it."""
    found = Audit(here.http).key.text
    here.print_json({"vkey": found}) if here.json else print(found)


@command(app, example="cloister audit prove 1234")
def prove(here: Here, seq: Annotated[int, typer.Argument(min=1)], key: Key = "") -> None:
    """That a record is in the log that was signed (an RFC 6962 inclusion proof, checked here)."""
    try:
        signed = Audit(here.http, _key(here, key, False)).prove(seq)
    except Broken as broken:
        raise typer.Exit(_not_intact(here, broken)) from broken
    found = {"seq": seq, "size": signed.size, "root": signed.root.hex()}
    here.show(found, f"Record {seq} is in the log of {signed.size} records that was signed at {signed.at}.")


def _key(here: Here, given_key: str, offline: bool) -> LogKey:
    """As given, of this machine's own home, or asked of the server."""
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
    return Audit(here.http).key


def _read(path: Path) -> Iterator[Bundle]:
    try:
        yield from archive_bundles(sys.stdin.buffer if str(path) == "-" else path)
    except OSError as error:
        raise Refused("invalid", f"{path} cannot be read ({error.strerror}).", 422) from error


def _not_intact(here: Here, broken: Broken) -> int:
    where = {"seq": broken.seq, "last": broken.last}
    if here.json:
        here.print_json({"intact": False, "error": broken.words} | where)
    else:
        here.err.print(f"[bold red]✗[/] The log is not intact: {broken.words}.")
    return FAILED


def _listed(here: Here, records: list[Record]) -> None:
    rows = [record.model_dump(mode="json") for record in records]
    for row in rows if not here.json else ():
        row["at"], row["digest"] = row["at"][:19], row["digest"][:12]
    here.table(rows, COLUMNS, "There is no record yet.")


def _line(record: Record) -> Text:
    at = record.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    who = f"{record.subject:28} {record.principal:20}"
    words = "[dim]{seq}  {at}[/]  {who} [dim]{about}[/]"
    return styled(words, seq=f"{record.seq:>8}", at=at, who=who, about=record.about)
