"""`cloister report`: the figures of a month, as a page with plots or as JSON."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from client.cli.framework import CommandContext, command
from client.cli.terminal import terminal_language
from client.reports import page
from client.sdk.errors import Refused
from client.sdk.transport import without_none

Month = Annotated[str | None, typer.Option("--month", help="For example 2026-11; by default this month.")]
Lang = Annotated[Literal["en", "zh"] | None, typer.Option("--lang", help="Else that of the terminal.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="The HTML file.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "report", example="cloister report --month 2026-11 -o november.html")(report)


def report(ctx: CommandContext, month: Month = None, lang: Lang = None, output: Output = Path("report.html")) -> None:
    """Report a month's questions, users, times, outcomes, hours saved and costs, compared with the month before."""
    language = lang or terminal_language() or "en"
    params = without_none(month=month, lang=language)
    found: dict[str, Any] = ctx.http.call("GET", "/api/reports/monthly", params=params)
    if ctx.json:
        ctx.print_json(found)
        return
    try:
        output.write_text(page(found, language), encoding="utf-8")
    except OSError as error:
        raise Refused("invalid", f"{output} cannot be written ({error.strerror}).", 422) from error
    ctx.out.print(f"{found['figures']['questions']:,} questions in {found['month']}: see {output}")
