"""The framework of all commands: `--url`, `--token`, `--json`, error messages and exit codes."""

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from client.cli.credentials import connect
from client.cli.terminal import Terminal, json_line, styled
from client.sdk.errors import Refused
from client.sdk.http import Http

FAILED, UNREACHABLE, FORBIDDEN = 1, 69, 77  # 2 is wrong usage; 69 and 77 as in sysexits.h
WIDE = 240  # columns, if the output is not a terminal
UNFOLDED = {"id", "about", "title"}  # ids are copied and titles searched for: neither is folded
Url = Annotated[str, typer.Option("--url", help="Cloister's address. [CLOISTER_URL]", show_default=False)]
Token = Annotated[str, typer.Option("--token", help="A token or API key. [CLOISTER_TOKEN]", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]
SHARED = [
    inspect.Parameter("url", inspect.Parameter.KEYWORD_ONLY, default="", annotation=Url),
    inspect.Parameter("token", inspect.Parameter.KEYWORD_ONLY, default="", annotation=Token),
    inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json),
]


@dataclass
class CommandContext:
    """The server, credentials and output of a command."""

    url: str = ""
    token: str = ""
    json: bool = False
    out: Terminal = field(default_factory=lambda: Terminal(width=None if sys.stdout.isatty() else WIDE))
    err: Terminal = field(default_factory=lambda: Terminal(stderr=True))

    @cached_property
    def http(self) -> Http:
        return connect(self.url, self.token)

    def print_json(self, value: Any) -> None:
        print(json_line(value), flush=True)

    def show(self, value: Any, words: str | Text) -> None:
        """Print a result as JSON or as text."""
        self.print_json(value) if self.json else self.out.print(words)

    def table(self, rows: Sequence[dict[str, Any]], columns: dict[str, str], none: str) -> None:
        """Print rows as JSON or as a table; `columns` maps fields to headings."""
        if self.json:
            return self.print_json(list(rows))
        if not rows:
            return self.out.print(none)
        table = Table(box=None, header_style="bold", pad_edge=False)
        for heading in columns.values():
            table.add_column(heading, overflow="fold", no_wrap=heading in UNFOLDED)
        for row in rows:
            table.add_row(*(_cell(row.get(name)) for name in columns))
        self.out.print(table)

    def fail(self, refused: Refused) -> int:
        """Print the error; returns the exit code."""
        if self.json:
            self.print_json({"error": refused.error, "reason": refused.reason})
        else:
            words = "[bold red]✗[/] {error} [dim]({reason})[/]"
            self.err.print(styled(words, error=refused.error, reason=refused.reason))
        if refused.reason == "unreachable":
            return UNREACHABLE
        return FORBIDDEN if refused.status in (401, 403) else FAILED


def command(app: typer.Typer, name: str = "", example: str = "") -> Callable[[Callable[..., None]], Any]:
    """Declare a command; its function gets a `CommandContext` and its own parameters."""

    def declare(run: Callable[..., None]) -> Any:
        @wraps(run)
        def started(*, url: str, token: str, as_json: bool, **given: Any) -> None:
            ctx = CommandContext(url, token, as_json)
            try:
                run(ctx, **given)
            except Refused as refused:
                raise typer.Exit(ctx.fail(refused)) from refused
            except BrokenPipeError:
                sys.stderr.close()

        own = list(inspect.signature(run, eval_str=True).parameters.values())[1:]
        started.__signature__ = inspect.Signature([*own, *SHARED])  # type: ignore[attr-defined]
        started.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *SHARED]}
        del started.__wrapped__
        epilog = f"Example:  {example}" if example else None
        return app.command(name or None, epilog=epilog, help=run.__doc__)(started)

    return declare


def group(name: str, words: str) -> typer.Typer:
    """A group of commands, such as `cloister documents`."""
    return typer.Typer(name=name, help=words, no_args_is_help=True)


def _cell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
