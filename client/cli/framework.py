"""The framework of all commands: `--url`, `--token`, `--json`, `--limit`, error messages and exit codes."""

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, wraps
from itertools import islice
from typing import Annotated, Any

import typer
from rich.text import Text

from client.cli.credentials import Credential, connect_with, credential_in_use
from client.cli.narrow_help import Command, Group
from client.cli.tables import lines_of
from client.cli.terminal import Terminal, json_line, styled
from client.sdk.errors import Refused
from client.sdk.http import Http

FAILED, UNREACHABLE, FORBIDDEN = 1, 69, 77  # 2 is wrong usage; 69 and 77 as in sysexits.h
# Somebody else may be allowed, or may see what this person does not.
OTHERS = {
    "forbidden",
    "not_granted",
    "not_yours",
    "not_a_reader",
    "workspace_not_found",
    "document_not_found",
    "person_not_found",
}
Url = Annotated[str, typer.Option("--url", help="Cloister's address. [CLOISTER_URL]", show_default=False)]
Token = Annotated[str, typer.Option("--token", help="A token or API key. [CLOISTER_TOKEN]", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.", show_default=False)]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most so many.", show_default=False)]
ONLY = inspect.Parameter.KEYWORD_ONLY
SHARED = [
    inspect.Parameter("context", ONLY, annotation=typer.Context),
    inspect.Parameter("url", ONLY, default="", annotation=Url),
    inspect.Parameter("token", ONLY, default="", annotation=Token),
    inspect.Parameter("as_json", ONLY, default=False, annotation=Json),
]
LISTS = [inspect.Parameter("most", ONLY, default=None, annotation=Limit)]


@dataclass
class CommandContext:
    """The server, credentials and output of a command; `limit` rows of a list at most."""

    url: str = ""
    token: str = ""
    json: bool = False
    limit: int | None = None
    out: Terminal = field(default_factory=Terminal)
    err: Terminal = field(default_factory=lambda: Terminal(stderr=True))

    @cached_property
    def credential(self) -> Credential:
        return credential_in_use(self.url, self.token)

    @cached_property
    def http(self) -> Http:
        return connect_with(self.credential, self.url)

    def print_json(self, value: Any) -> None:
        print(json_line(value), flush=True)

    def show(self, value: Any, words: str | Text) -> None:
        """Print a result as JSON or as text."""
        self.print_json(value) if self.json else self.out.print(words)

    def table(
        self, rows: Iterable[dict[str, Any]], columns: Mapping[str, str], none: str, *, whole: bool = False
    ) -> None:
        """Print rows as JSON or as a table. `columns` maps fields to headings; a `whole` table shows all of them."""
        some = list(islice(rows, self.limit + 1 if self.limit else None))
        more = self.limit is not None and len(some) > self.limit
        shown = some[: self.limit]
        if self.json:
            self.print_json(shown)
        elif not shown:
            self.out.print(none)
        else:
            for line in lines_of(shown, columns, self.out.width if self.out.is_terminal else None, whole):
                self.out.print(line, soft_wrap=True)
        if more:
            self.err.print(f"There are more than {self.limit}; raise --limit to see them.")

    def fail(self, refused: Refused) -> int:
        """Print the error; returns the exit code."""
        if self.json:
            self.print_json({"error": refused.error, "reason": refused.reason})
        else:
            words = "[bold red]✗[/] {error} [dim]({reason})[/]"
            self.err.print(styled(words, error=refused.error, reason=refused.reason))
            if refused.reason in OTHERS:
                self.err.print(styled("  [yellow]→ {hint}[/]", hint=self.credential.hint))
        if refused.reason == "unreachable":
            return UNREACHABLE
        return FORBIDDEN if refused.status in (401, 403) else FAILED


def command(
    app: typer.Typer, name: str = "", example: str = "", lists: bool = False
) -> Callable[[Callable[..., None]], Any]:
    """Declare a command; its function gets a `CommandContext` and its own parameters. One that `lists` has --limit."""

    def declare(run: Callable[..., None]) -> Any:
        @wraps(run)
        def started(
            *, context: typer.Context, url: str, token: str, as_json: bool, most: int | None = None, **given: Any
        ) -> None:
            above = _given_above(context)
            where = url or above.get("url", ""), token or above.get("token", "")
            ctx = CommandContext(*where, as_json or bool(above.get("as_json")), most)
            try:
                run(ctx, **given)
            except Refused as refused:
                raise typer.Exit(ctx.fail(refused)) from refused
            except BrokenPipeError:
                sys.stderr.close()

        own = list(inspect.signature(run, eval_str=True).parameters.values())[1:]
        shared = [*(LISTS if lists or name == "list" else []), *SHARED]
        started.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        started.__annotations__ = {parameter.name: parameter.annotation for parameter in [*own, *shared]}
        del started.__wrapped__
        return app.command(name or None, cls=Command, epilog=epilog(example), help=run.__doc__)(started)

    return declare


def group(name: str, words: str, example: str = "") -> typer.Typer:
    """A group of commands, such as `cloister documents`; the shared options may stand behind its name, too."""
    made = typer.Typer(name=name, cls=Group, help=words, no_args_is_help=True, epilog=epilog(example))

    @made.callback()
    def options(url: Url = "", token: Token = "", as_json: Json = False) -> None:
        """Each command reads them."""

    return made


def _given_above(context: typer.Context) -> dict[str, Any]:
    """Shared options that stand before the command, the nearest first."""
    given, above = dict[str, Any](), context.parent
    while above:
        given = {name: value for name, value in above.params.items() if value} | given
        above = above.parent
    return given


def epilog(example: str) -> str | None:
    """The last line of a help text."""
    return f"Example:  {example}" if example else None
