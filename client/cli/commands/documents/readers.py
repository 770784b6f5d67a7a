"""`cloister documents access` and `why`: who may read a document, and why."""

from typing import Annotated, Any

import typer
from rich.text import Text

from client.cli.framework import CommandContext, command
from client.cli.terminal import lines, styled, terminal_language

Id = Annotated[str, typer.Argument(metavar="ID", help="As `cloister documents list` shows it.")]
Names = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="group:, person:, role: or app:NAME; several times.")
]
Who = Annotated[str | None, typer.Option("--for", metavar="PERSON", help="Yourself when left out; or app:NAME.")]
MARKS = {True: "[green]✓[/]", False: "[red]✗[/]"}


def register(documents: typer.Typer) -> None:
    """Add the commands."""
    command(documents, example="cloister documents access 4f1c… --allow group:finance --deny person:bob")(access)
    command(documents, example="cloister documents why 4f1c… --for person:alice")(why)


def access(
    ctx: CommandContext,
    document: Id,
    allow: Names = None,
    deny: Names = None,
    clear: Annotated[bool, typer.Option("--clear", help="Empty the lists that are not given.")] = False,
) -> None:
    """Show or set who may read a document. A given list replaces the old one; a denial wins over everything."""
    given = {name: names or [] for name, names in (("allow", allow), ("deny", deny)) if names or clear}
    state = ctx.http.relist(document, **given) if given else ctx.http.call("GET", f"/api/documents/{document}")
    warnings = (styled("[yellow]{words}[/]", words=one) for one in state.get("warnings", []))
    ctx.show(state, lines(*_readers(state), *warnings))


def _readers(state: dict[str, Any]) -> list[str | Text]:
    if state["allow"] is None:
        return ["Only those who manage the workspace may see its lists. See `cloister documents why`."]
    everyone = f"all of {state['workspace']}"
    readers = {"allow": ", ".join(state["allow"]) or everyone, "deny": ", ".join(state["deny"]) or "nobody"}
    return [styled("[bold]{name}[/] {names}", name=f"{name:6}", names=names) for name, names in readers.items()]


def why(
    ctx: CommandContext,
    document: Id,
    who: Who = None,
    lang: Annotated[str | None, typer.Option(help="en or zh; else that of the terminal.")] = None,
) -> None:
    """Explain why somebody finds a document or not, rule by rule."""
    found = ctx.http.why(document, who, lang or terminal_language())
    rules = [styled(f" {MARKS[rule['holds']]} {{words}}", words=rule["words"]) for rule in found["rules"]]
    ctx.show(found, lines(styled("[bold]{verdict}[/]", verdict=found["verdict"]), *rules))
