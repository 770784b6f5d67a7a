"""What the documentation tells readers to type exists, and its links lead somewhere."""

import ast
import re
import textwrap
from pathlib import Path

import pytest
import typer

from client.cli.main import app

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
BLOCKS = re.compile(r"^```(\w+)\n(.*?)^```", re.S | re.M)
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def blocks(page: Path, language: str) -> list[str]:
    return [text for name, text in BLOCKS.findall(page.read_text()) if name == language]


@every_page
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", BLOCKS.sub("", page.read_text()))
    assert [target for target in targets if not (page.parent / target).exists()] == []


@every_page
def test_the_python_in_it_can_be_parsed(page: Path) -> None:
    for block in blocks(page, "python"):
        ast.parse("async def run():\n" + textwrap.indent(block, "    "))


@every_page
def test_the_commands_in_it_exist(page: Path) -> None:
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    command = re.compile(r"^cloister ([a-z-]+)(?: ([a-z][\w-]*)(?=\s))?", re.M)
    shown = [words for block in blocks(page, "sh") for words in command.findall(block)]
    for name, below in shown:
        assert name in known
        assert not below or below in getattr(known[name], "commands", {below})


@every_page
def test_the_options_in_it_exist(page: Path) -> None:
    text = page.read_text().replace("\\\n", " ")
    shown = re.findall(r"^(?:\$ )?\s*(?:\.venv/bin/)?cloister ([^|;#>\n]*)", text, re.M)
    shown += re.findall(r"`cloister ([^`]+)`", BLOCKS.sub("", text))
    for line in shown:
        assert not unknown_options(line.split()), line


def unknown_options(words: list[str]) -> list[str]:
    """Options that the command does not have, where it is one of ours."""
    at = typer.main.get_command(app)
    while words and words[0] in getattr(at, "commands", {}):
        at, words = at.commands[words[0]], words[1:]  # type: ignore[attr-defined]
    possible = [at, *getattr(at, "commands", {}).values()]  # a group may have a command that need not be named
    known = {name for one in possible for option in one.params for name in option.opts} | {"--help", "-h"}
    given = {word.partition("=")[0] for word in words if re.fullmatch(r"--[a-z][a-z-]*(=.*)?", word)}
    return sorted(given - known)


def test_the_readme_shows_commands_and_make_targets_that_exist() -> None:
    assert len(re.findall(r"^cloister ", "".join(blocks(README, "sh")), re.M)) > 5
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    spoken = re.findall(r"(?:^|`)make ([a-z]+)", README.read_text(), re.M)
    assert {"run", "test"} <= set(spoken) <= targets
