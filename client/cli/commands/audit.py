"""`cloister audit`: the record of everything, as a list or as it grows."""

from typing import Annotated

import typer
from rich.text import Text

from client.cli.framework import Here, command, group
from client.cli.terminal import styled
from shared.events import Record

app = group("audit", "The audit trail: who asked, what was read, who changed what. For auditors.")
COLUMNS = {"seq": "no", "at": "at", "subject": "subject", "principal": "who", "about": "about", "digest": "digest"}
After = Annotated[int, typer.Option(min=0, help="Only after this number.")]
About = Annotated[str | None, typer.Option(help="Only of this query or document.")]


@command(app, "list", example="cloister audit list --about 5e8a… --json")
def every(here: Here, after: After = 0, about: About = None) -> None:
    """A page of it, oldest first."""
    rows = [record.model_dump(mode="json") for record in here.http.trail(after, about)]
    for row in rows if not here.json else ():
        row["at"], row["digest"] = row["at"][:19], row["digest"][:12]
    here.table(rows, COLUMNS, "There is no record yet.")


@command(app, example="cloister audit follow --after 1200 | tee trail.txt")
def follow(here: Here, after: After = 0, about: About = None) -> None:
    """One line a record, as it is written, until ^C. With --json each line is a record."""
    for record in here.http.follow(after, about):
        if here.json:
            here.print_json(record.model_dump(mode="json"))
        else:
            here.out.print(_line(record))


def _line(record: Record) -> Text:
    at = record.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    who = f"{record.subject:28} {record.principal:20}"
    words = "[dim]{seq}  {at}[/]  {who} [dim]{about}[/]"
    return styled(words, seq=f"{record.seq:>8}", at=at, who=who, about=record.about)
