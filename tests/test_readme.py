"""What a newcomer reads first is what the code does."""

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
import typer
from pydantic import SecretStr

from client.cli.main import app
from services.__main__ import ALL
from shared.settings import CloisterSettings
from tests.support import readme, reasons

ROOT = Path(__file__).parent.parent
PAGES = [readme.README, *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```", re.S | re.M)
COMPUTED = {"CLOISTER_INFERENCE_THREADS"}  # depends on the machine
# Read from the environment directly.
BESIDE = {
    "CLOISTER_SAMPLE",
    "CLOISTER_POOLS",
    "CLOISTER_STREAM_REPLICAS",
    "CLOISTER_URL",
    "CLOISTER_TOKEN",
    "CLOISTER_SOURCES",
}


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCKS.findall(readme.README.read_text()) if name == language]


def declared() -> Iterator[tuple[str, object]]:
    for place in ("shared.settings", *(f"services.{name}.settings" for name in ALL)):
        for kind in vars(import_module(place)).values():
            if inspect.isclass(kind) and issubclass(kind, CloisterSettings) and kind.__module__ == place:
                prefix = kind.model_config["env_prefix"]
                yield from ((f"{prefix}{name}".upper(), field.default) for name, field in kind.model_fields.items())


def listed() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(found.groups() for line in lines if (found := re.fullmatch(r"#(CLOISTER_\w+)=(.*)", line)))


def plain(default: object) -> object:
    value = default.get_secret_value() if isinstance(default, SecretStr) else default
    return {None: "", frozenset(): [], True: True, False: False}.get(value, value)  # type: ignore[call-overload]


def test_the_event_table_is_what_the_services_say_and_hear() -> None:
    text = readme.README.read_text()
    assert text == readme.written(text), "run `make docs`"
    assert text.count("\n| `") > len(list(readme.rows()))


def test_every_event_is_told_by_someone_and_heard_by_someone() -> None:
    assert [row for row in readme.rows() if "| — |" in row] == []


def test_every_reason_for_a_refusal_is_explained() -> None:
    assert reasons.told() - reasons.explained() == set(), "explain it in docs/reasons.md"


def test_no_reason_is_explained_that_is_never_given() -> None:
    # The gateway and the client fall back on these two when an answer or a reply names none.
    assert reasons.explained() - reasons.told() == {"failed", "http_error"}


def test_every_setting_is_listed_and_none_that_is_not_there() -> None:
    names = {name for name, _ in declared()}
    assert set(listed()) - BESIDE == names - {"CLOISTER_"}


@pytest.mark.parametrize(("name", "default"), [pair for pair in declared() if pair[0] not in COMPUTED])
def test_a_setting_is_listed_with_its_default(name: str, default: object) -> None:
    given, wanted = listed()[name], plain(default)
    if isinstance(wanted, bool | int | float | list):
        assert json.loads(given) == wanted
    else:
        assert given == str(wanted)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_python_in_it_can_be_read() -> None:
    for block in blocks("python"):
        ast.parse("async def run():\n" + textwrap.indent(block, "    "))


def test_the_commands_in_it_exist() -> None:
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    shown = [
        words for block in blocks("sh") for words in re.findall(r"^(?:.*; )?cloister (\w+)(?: (\w+))?", block, re.M)
    ]
    assert len(shown) > 5
    for name, below in shown:
        assert name in known
        assert not below or below in getattr(known[name], "commands", {below})


def test_the_make_targets_in_it_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    spoken = re.findall(r"(?:^|`)make ([a-z]+)", readme.README.read_text(), re.M)
    assert {"run", "test"} <= set(spoken) <= targets
