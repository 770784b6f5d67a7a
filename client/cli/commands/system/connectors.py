"""`cloister connectors`: business databases, and the named queries over them."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from client.cli.framework import CommandContext, command, group
from client.cli.terminal import styled
from client.sdk.errors import Refused

app = group(
    "connectors",
    "Business data: declared databases and APIs, and named queries over them.",
    "cloister connectors queries",
)
LOCAL = (sys.executable, "-m", "services.connectors.administration")
Language = Annotated[str, typer.Option("--language", help="zh or en: of titles and columns.")]


@command(app, example="cloister connectors queries", lists=True)
def queries(ctx: CommandContext, language: Language = "zh") -> None:
    """List the named queries that you may use."""
    found = ctx.http.named_queries(language)
    rows = [
        {"name": one["name"], "title": one["title"], "parameters": [_parameter(each) for each in one["parameters"]]}
        for one in found
    ]
    ctx.table(
        found if ctx.json else rows,
        {"name": "id", "title": "title", "parameters": "parameters"},
        "There are no named queries for you.",
    )


@command(app, example="cloister connectors run top_products_sold period='last quarter' count=3")
def run(
    ctx: CommandContext,
    name: Annotated[str, typer.Argument(help="As `cloister connectors queries` shows it.")],
    parameters: Annotated[
        list[str] | None, typer.Argument(metavar="NAME=VALUE…", help="Values for its parameters.")
    ] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", "-w", help="Only with the rights in this one.")
    ] = None,
    language: Language = "zh",
) -> None:
    """Run a named query. The rows are exact; no model is used."""
    found = ctx.http.run_query(name, _values(parameters or []), workspace=workspace, language=language)
    if ctx.json:
        return ctx.print_json(found)
    columns = {str(n): _heading(column) for n, column in enumerate(found["columns"])}
    ctx.out.print(styled("[bold]{title}[/]", title=found["title"]))
    ctx.table(
        [{str(n): cell for n, cell in enumerate(row)} for row in found["rows"]], columns, "No rows match.", whole=True
    )
    more = ", and there are more" if found["more"] else ""
    line = f"{found['row_count']} rows of {found['source_title']}, {found['read_at'][:16]}{more}"
    ctx.out.print(styled("[dim]{line}[/]", line=line))


@command(app, example="cloister connectors init erp env:ERP_URL > connectors.toml")
def init(
    ctx: CommandContext,
    name: Annotated[str, typer.Argument(help="What to call the source in the file.")],
    reference: Annotated[str, typer.Argument(help="The database: env:NAME, file:PATH, or a URL without a password.")],
) -> None:
    """Draft connectors.toml from a database's tables, on this machine. Review it before you use it."""
    print(_run_locally("init", name, reference)[1], end="")


@command(app, example="cloister connectors check --as group:finance --as person:alice")
def check(
    ctx: CommandContext,
    file: Annotated[Path | None, typer.Option(help="Another connectors.toml than the home's.")] = None,
    holders: Annotated[
        list[str] | None, typer.Option("--as", help="Show what this group, person, role or app would see.")
    ] = None,
) -> None:
    """Check each source on this machine: whether it answers, matches its declaration, and is read-only."""
    where = ["--file", str(file)] if file else []
    code, out = _run_locally("check", *where, *(word for holder in holders or [] for word in ("--as", holder)))
    reports: list[dict[str, Any]] = json.loads(out)
    if ctx.json:
        ctx.print_json(reports)
    for report in reports if not ctx.json else ():
        _report(ctx, report)
    if code:
        raise typer.Exit(code)


def _report(ctx: CommandContext, report: dict[str, Any]) -> None:
    state = "[red]✗[/]" if report["problems"] else "[green]✓[/]"
    ctx.out.print(styled(f"{state} [bold]{{name}}[/] {{title}}", name=report["source"], title=report["title"]))
    for problem in report["problems"]:
        ctx.out.print(styled("  {problem}", problem=problem))
    rows = [one | {"rows": "not open" if one["rows"] is None else one["rows"]} for one in report["tables"]]
    if rows:
        ctx.table(rows, {"table": "table", "rows": "rows", "hidden_columns": "hidden columns"}, "")


def _run_locally(*arguments: str) -> tuple[int, str]:
    done = subprocess.run([*LOCAL, *arguments], capture_output=True, text=True, check=False)
    if not done.stdout:
        raise Refused("connectors_failed", (done.stderr.strip().splitlines() or ["It printed nothing."])[-1])
    return done.returncode, done.stdout


def _values(words: list[str]) -> dict[str, Any]:
    """`count=3` is a number, `period=last quarter` words, `period=2026-01-01..2026-04-01` two dates."""
    found: dict[str, Any] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign:
            raise Refused("invalid", f"{word!r} is no NAME=VALUE, such as count=3.")
        start, dots, end = value.partition("..")
        found[name] = [start, end] if dots else int(value) if value.lstrip("-").isdigit() else value
    return found


def _parameter(parameter: dict[str, Any]) -> str:
    default = "" if parameter["default"] is None else f"={parameter['default']}"
    return f"{parameter['name']}{'*' if parameter['required'] else default}"


def _heading(column: dict[str, Any]) -> str:
    return f"{column['title']} ({column['unit']})" if column["unit"] else str(column["title"])
