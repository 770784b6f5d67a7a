"""`cloister evaluate`: measure the search with questions whose document is known."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from typer.core import TyperGroup

from client.cli.framework import CommandContext, command
from client.cli.terminal import styled
from client.evaluation.dataset import language, read
from client.evaluation.metrics import NAMES, below_thresholds, difference, parse_thresholds, result
from client.evaluation.ranking import LEGS, Evaluator, RankedQuestion
from client.evaluation.report import page
from client.sdk.errors import Refused
from client.sdk.models import FoundPassage
from client.sync.retrying_client import RetryingClient
from shared.events import Leg

SPOKEN = {"fused": "fused", "dense": "dense (meaning)", "bm25": "BM25 (words)"}


class RunByDefault(TyperGroup):
    """`cloister evaluate FILE` is `cloister evaluate run FILE`."""

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        """Insert `run` if the first argument is not a subcommand."""
        if args and args[0] not in (*self.commands, "--help", "-h"):
            args = ["run", *args]
        return super().parse_args(context, args)


app = typer.Typer(
    name="evaluate", cls=RunByDefault, no_args_is_help=True,
    help="Measure the search with questions whose document is known.",
    epilog="Example:  cloister evaluate questions.jsonl -w finance   (see also `cloister evaluate run --help`)",
)  # fmt: skip
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="QUESTIONS.jsonl")]
Workspace = Annotated[str, typer.Option("--workspace", "-w", help="The workspace to search.", show_default=False)]
Least = Annotated[list[str] | None, typer.Option(help="Exit with 1 below this value, e.g. recall@5=.8; several times.")]


@command(app, example="cloister evaluate questions.jsonl -w finance --least recall@5=.8")
def run(
    ctx: CommandContext,
    questions: File,
    workspace: Workspace,
    to: Annotated[Path, typer.Option("--page", help="The HTML page to write.")] = Path("evaluation.html"),
    near: Annotated[int, typer.Option(min=0, help="Pages before or after the right one that count as right.")] = 0,
    least: Least = None,
    against: Annotated[Path | None, typer.Option(exists=True, help="An earlier result of --json.")] = None,
    in_flight: Annotated[int, typer.Option(min=1, max=32, help="Questions at the same time.")] = 4,
) -> None:
    """Print recall, MRR and nDCG by leg and language, and write a page. A line: question, document, page, language."""
    asked, before, thresholds = read(questions), _earlier(against), parse_thresholds(least or ())
    found = result(workspace, _evaluate(ctx, asked, workspace, near, in_flight), near)
    missed = below_thresholds(found, thresholds)
    if before is not None:
        found["against"] = difference(found, before)
    to.write_text(page(found), encoding="utf-8")
    ctx.print_json(found) if ctx.json else _print(ctx, found, to)
    for words in missed:
        ctx.err.print(styled("[bold red]✗[/] {words}", words=words))
    raise typer.Exit(1 if missed else 0)


@command(app, example="cloister evaluate export --bad -w finance > questions.jsonl")
def export(
    ctx: CommandContext,
    workspace: Annotated[str | None, typer.Option("--workspace", "-w", help="Only of this one.")] = None,
    bad: Annotated[bool, typer.Option("--bad/--good", help="Answers marked as not useful, or as useful.")] = True,
    since: Annotated[str | None, typer.Option(help="Such as 2026-07-01.")] = None,
) -> None:
    """Print questions with feedback as lines for `cloister evaluate`.

    The document is the first citation of the answer. Check each line, correct it, and remove `check`.
    """
    feedback = ctx.http.feedback(workspace, not bad, since)
    lines = {row["question"]: _question_line(row) for row in reversed(feedback) if row["question"]}
    for line in lines.values():
        ctx.print_json(line)
    unknown = sum(not row["question"] for row in feedback)
    if not ctx.json:
        ctx.err.print(f"{len(lines)} questions to look at{f'; {unknown} are not known any more' if unknown else ''}.")


def _question_line(row: dict[str, Any]) -> dict[str, Any]:
    about = {"question": row["question"], "document": row["title"] or "", "language": language(row["question"])}
    return about | ({"page": row["page"]} if row["page"] else {}) | {"check": True, "comment": row["comment"]}


def _evaluate(
    ctx: CommandContext, asked: Sequence[Any], workspace: str, near: int, threads: int
) -> list[RankedQuestion]:
    line = RetryingClient(lambda: ctx.http, False, lambda words: None)
    titles = line.call(lambda http: [state.title for state in http.documents(workspace)])

    def search(question: str, leg: Leg, limit: int) -> list[FoundPassage]:
        return line.call(lambda http: http.search(question, workspace, limit, leg))

    columns = (TextColumn("asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=ctx.err, transient=True) as bar:
        task = bar.add_task("", total=len(asked))
        return Evaluator(search, titles, near).all(asked, threads, lambda: bar.advance(task))


def _print(ctx: CommandContext, found: dict[str, Any], to: Path) -> None:
    rows = [
        {"leg": SPOKEN[leg], "language": language} | {name: f"{figures[name]:.3f}" for name in NAMES}
        for leg in LEGS
        for language, figures in found["legs"][leg].items()
        if language == "all" or len(found["languages"]) > 1
    ]
    ctx.table(rows, {"leg": "leg", "language": "language"} | {name: name for name in NAMES}, "")
    ctx.out.print(f"\n{found['questions']} questions, {found['without_hit']} without a hit.")
    if unknown := found["unknown_documents"]:
        some = ", ".join(unknown[:5]) + (" …" if len(unknown) > 5 else "")
        ctx.out.print(f"Not in {found['workspace']} is: {some}")
    if "against" in found:
        changes = ", ".join(f"{name} {value:+.3f}" for name, value in found["against"]["fused"].items())
        ctx.out.print(f"Against {found['against']['at']}: {changes}; {len(found['against']['changed'])} ranks changed.")
    ctx.out.print(f"Plots and misses: {to}")


def _earlier(path: Path | None) -> dict[str, Any] | None:
    if path is None:
        return None
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise Refused("invalid", f"{path} is no result of `cloister evaluate --json` ({error}).") from error
    return found
