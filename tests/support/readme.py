"""The generated parts of README.md: who tells which event and who hears it, read from the services themselves."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from services.__main__ import ALL
from shared.bus import Service
from shared.events import EVENTS, Ask, Event, QueryAnswered, QueryStreamed, StepFailed
from shared.streams import STREAMS
from shared.streams.consumers import covers

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
MARKED = re.compile(r"(<!-- events: .*?-->\n).*?(<!-- /events -->)", re.S)
HEAD = "| event | subject | told by | heard by | what it says |\n| --- | --- | --- | --- | --- |"
TELLING = {Ask: ["business systems"], StepFailed: ["every service"]}
LISTENING = {QueryAnswered: ["business systems"], QueryStreamed: ["business systems"]}


def written(text: str) -> str:
    """The page with its tables as they should be."""
    table = "\n".join([HEAD, *rows()])
    return MARKED.sub(lambda found: f"{found[1]}{table}\n{found[2]}", text)


def rows() -> Iterator[str]:
    """One line an event, in the order of the journeys."""
    for event in EVENTS:
        told = TELLING.get(event) or [name for name in ALL if tells(name, event)]
        heard = [name for name in ALL if hears(name, event)] + LISTENING.get(event, [])
        words = (event.__doc__ or "").replace("\n", " ").replace("|", "\\|")
        yield f"| `{event.__name__}` | `{event.subject}` | {_list(told)} | {_list(heard)} | {words} |"


def tells(service: str, event: type[Event]) -> bool:
    """Does it say that it emits the event, or make one?"""
    if any(event in events for events in _service(service).published.values()):
        return True
    return event.__name__ in _makes(service)


@cache
def _makes(service: str) -> frozenset[str]:
    paths = sorted((ROOT / "services" / service).rglob("*.py"))
    return frozenset(name for path in paths for name in _made(ast.parse(path.read_text())))


def _made(tree: ast.AST) -> Iterator[str]:
    """Classes that are called, or whose `of` or `to` is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("of", "to"):
            yield node.func.value.id if isinstance(node.func.value, ast.Name) else ""


def hears(service: str, event: type[Event]) -> bool:
    """Does it subscribe to it, or to a stream that keeps it?"""
    subject = re.sub(r"{\w+}", "*", event.subject)
    keeps = {stream.name for stream in STREAMS if any(covers(pattern, subject) for pattern in stream.subjects)}
    for edge in _service(service).edges:
        if edge.kind in ("consume", "subscribe") and edge.message is event:
            return True
        if edge.kind == "batch" and keeps & set(edge.message):
            return True
    return False


def _service(name: str) -> Service:
    found: Service = import_module(f"services.{name}").service
    return found


def _list(names: list[str]) -> str:
    return ", ".join(names) or "—"


def write() -> None:
    """README.md, made current."""
    README.write_text(written(README.read_text()))


if __name__ == "__main__":
    write()
