"""Plain Markdown in, blocks out: what the sample documents are written in before they become PDF or DOCX."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["heading", "paragraph", "item", "note", "table", "page"]
RULE = re.compile(r"^\|(\s*:?-+:?\s*\|)+$")


class Block(NamedTuple):
    """`level` counts from 1 for headings; `rows` are the cells of a table, its header first."""

    kind: Kind
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def blocks(source: str) -> Iterator[Block]:
    """In order; `---` on a line of its own begins a page."""
    table: list[tuple[str, ...]] = []
    for line in [*source.splitlines(), ""]:
        if line.startswith("|"):
            table += [] if RULE.match(line) else [tuple(cell.strip() for cell in line.strip("|").split("|"))]
            continue
        if table:
            yield Block("table", rows=tuple(table))
            table = []
        if line.strip():
            yield _block(line.strip())


def _block(line: str) -> Block:
    marks, _, rest = line.partition(" ")
    match marks:
        case "#" | "##" | "###":
            return Block("heading", rest, len(marks))
        case "-":
            return Block("item", rest)
        case ">":
            return Block("note", rest)
        case "---":
            return Block("page")
    return Block("paragraph", line)
