"""`cloister ask` and `search`: an answer as it is written, then its numbered sources."""

import sys
from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.status import Status

from client.cli.framework import CommandContext, command
from client.cli.terminal import styled
from client.sdk.models import Answer
from client.sdk.transport import ServerEvent
from shared.events import Citation

Question = Annotated[str, typer.Argument(metavar="QUESTION", help="The question; `-` reads standard input.")]
Workspace = Annotated[
    list[str] | None,
    typer.Option(
        "--workspace", "-w", help="Search only this workspace; may be given several times.", show_default="all yours"
    ),
]
STAGES = {
    "asked": "asked",
    "planned": "searching",
    "grounded": "passages found",
    "waiting": "waiting for a worker",
    "answering": "reading",
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, example='cloister ask "出差住宿标准是多少？" -w finance')(ask)
    command(app, example='cloister search "notice period" -w legal --limit 5')(search)


def ask(
    ctx: CommandContext,
    question: Question,
    workspace: Workspace = None,
    conversation: Annotated[
        str | None, typer.Option(help="A name; follow-up questions under it know the earlier ones.")
    ] = None,
    scenario: Annotated[str | None, typer.Option(help="A kind of work: see `cloister scenarios list`.")] = None,
    key: Annotated[str, typer.Option(help="Idempotency key: the same key returns the first answer.")] = "",
) -> None:
    """Ask a question and print the answer with its sources."""
    question = sys.stdin.read() if question == "-" else question
    options: dict[str, Any] = {"workspaces": workspace or None, "conversation": conversation, "key": key}
    options["scenario"] = scenario
    if ctx.json:
        return ctx.print_json(ctx.http.ask(question, **options).model_dump(mode="json"))
    answer = _print_stream(ctx, ctx.http.stream(question, **options))
    _print_sources(ctx, answer)


def _print_stream(ctx: CommandContext, events: Iterable[ServerEvent]) -> Answer:
    """Print tokens as they arrive if the output is a terminal, otherwise the whole answer."""
    live, started, told = ctx.out.is_terminal, False, False
    with Status("asked", console=ctx.err) as status:
        for event in events:
            if event.name == "progress":
                status.update(_stage(event.data))
                told = told or _searched_for(ctx, event.data)
            elif event.name == "answer":
                status.stop()
                answer = Answer.model_validate(event.data)
                ctx.out.print("" if started else answer.answer, soft_wrap=True)
                return answer
            elif live and event.name in ("token", "restart"):
                status.stop()
                started = True
                again = styled("\n\n[dim]— continued by another worker —[/]\n")
                ctx.out.print(again if event.name == "restart" else event.data["text"], end="")
    raise typer.Exit(1)


def _searched_for(ctx: CommandContext, progress: dict[str, Any]) -> bool:
    """Say what a planned search looks for, beside the answer; whether there was anything to say."""
    searches = progress.get("searches") or ()
    if searches:
        ctx.err.print(styled("[dim]Searched for: {queries}[/]", queries="; ".join(searches)))
    return bool(searches)


def _stage(progress: dict[str, Any]) -> str:
    words = STAGES.get(progress.get("stage") or "", "working")
    if progress.get("position"):
        words += f": place {progress['position']}"
    return f"{words}, about {progress['wait_seconds']:.0f} s" if progress.get("wait_seconds") else words


def _print_sources(ctx: CommandContext, answer: Answer) -> None:
    used, beside = ([source for source in answer.citations if source.used is which] for which in (True, False))
    if not used:
        ctx.out.print(styled("\n[dim]No source in the documents that you may read.[/]"))
    for heading, sources in (("Sources", used), ("Also found, not used in the answer", beside)):
        _print_list(ctx, heading, sources)


def _print_list(ctx: CommandContext, heading: str, sources: list[Citation]) -> None:
    if sources:
        ctx.out.print(styled("\n[bold]{heading}[/]", heading=heading))
    for source in sources:
        place = " › ".join(filter(None, [source.title, source.heading]))
        rows = source.data
        where = f"{rows.read_at:%Y-%m-%d %H:%M} UTC, {rows.row_count} rows" if rows else f"page {source.page}"
        ctx.out.print(styled("[cyan]{n}[/] {place}, {where}", n=f"[{source.n}]", place=place, where=where))
        ctx.out.print(styled("    [dim]{quote}[/]", quote=_short(source.quote)))


def search(
    ctx: CommandContext,
    question: Question,
    workspace: Workspace = None,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 5,
) -> None:
    """Print the passages, best first. No model is used."""
    result = ctx.http.searched(question, limit=limit, workspaces=workspace or None)
    found = result.passages
    for code in result.absent:
        ctx.err.print(styled("[yellow]{code} does not occur in the documents that you may read.[/]", code=code))
    if ctx.json:
        return ctx.print_json([passage.model_dump(mode="json") for passage in found])
    rows = [
        {"score": f"{one.score:.2f}", "title": one.title, "page": one.page, "text": _short(one.text)} for one in found
    ]
    columns = {"score": "score", "title": "document", "page": "page", "text": "passage"}
    ctx.table(rows, columns, "Nothing was found.", whole=True)


def _short(text: str, most: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
