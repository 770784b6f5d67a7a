"""`python -m services.retrieval.embedding.models pull [NAME…]` or `list`. It works without a running system."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from services.retrieval.embedding.factory import chosen
from services.retrieval.embedding.fastembed_model import FastembedModel
from services.retrieval.embedding.models.catalogue import MODELS
from services.retrieval.embedding.models.pull import pull, rows
from services.retrieval.embedding.models.sources import possible_sources
from services.retrieval.settings import own
from shared.errors import NotReady, Refused
from shared.security.privacy import keep_private
from shared.settings import settings

SAID = Console(highlight=False, soft_wrap=True)
SEEN = Console(stderr=True)


def main() -> int:
    """Exit code 0; 1 when a model is not to be had; 78 when a setting is wrong."""
    keep_private()
    parser = argparse.ArgumentParser(prog="cloister models", description=__doc__)
    parser.add_argument("act", choices=("pull", "list"))
    parser.add_argument("names", nargs="*")
    parser.add_argument("--from", type=Path, dest="place")
    parser.add_argument("--mirror", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    try:
        folder = own().models or settings().home / "models"
        found = rows(folder) if given.act == "list" else _pulled(given, folder)
    except (Refused, NotReady) as error:
        reason = error.reason if isinstance(error, Refused) else "not_ready"
        return _failed(str(error), reason, given.json)
    _tell(found, given)
    return 0


def _pulled(given: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    names = given.names or list(MODELS)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=SEEN, transient=True, disable=not SEEN.is_terminal) as bar:
        task = bar.add_task("looking", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        return [_one(name, given, folder, show) for name in names]


def _one(name: str, given: argparse.Namespace, folder: Path, show: Any) -> dict[str, Any]:
    if name in MODELS:
        return pull(MODELS[name], folder, possible_sources(given.place, given.mirror or own().models_mirror), show)
    if "/" not in name:
        known = ", ".join(MODELS)
        raise Refused("model_not_found", f"There is no model {name!r}. There are {known}, and fastembed's A/B.")
    FastembedModel(name, folder)
    return {"name": name, "path": str(folder), "found": "from the hub, by fastembed", "setting": f"fastembed:{name}"}


def _tell(found: list[dict[str, Any]], given: argparse.Namespace) -> None:
    used = chosen(own())
    if given.json:
        print(json.dumps({"embedder": used, "setting": own().embedder, "models": found}, ensure_ascii=False))
        return
    for row in found:
        seen = row.get("found") or (row["path"] or "not here: cloister models pull")
        SAID.print(
            f"[bold]{escape(row['name']):22}[/] {row.get('language', ''):3} {row.get('mb', ''):>3} MB  {escape(seen)}"
        )
    SAID.print(f"The embedder is [bold]{escape(used)}[/] (CLOISTER_EMBEDDER={escape(own().embedder)}).")


def _failed(words: str, reason: str, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"error": words, "reason": reason}, ensure_ascii=False))
    else:
        SEEN.print(f"[bold red]✗[/] {escape(words)}", highlight=False, soft_wrap=True)
    return 78 if reason == "not_ready" else 1


if __name__ == "__main__":
    sys.exit(main())
