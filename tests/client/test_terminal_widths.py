"""What tables look like in terminals of 40, 80 and 120 columns, and in a pipe.

`CLOISTER_SNAPSHOTS=write` writes what is seen to `snapshots/`: read the diff.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from tests.support.http_stub import HttpStub, stub

__all__ = ["stub"]
SNAPSHOTS = Path(__file__).parent / "snapshots"
CLOISTER = str(Path(sys.executable).with_name("cloister"))
DOCUMENT = {
    "document_id": "4f1d3c52a9e84b7c9d20c1a7e5b6f803", "revision": 3, "workspace": "finance", "status": "indexed",
    "title": "Overseas Travel Policy and Expenses 2026.docx", "reason": None, "pages": 12, "chunks": 48, "object": "o",
    "effective": "2026-03-01T00:00:00Z",
}  # fmt: skip
REJECTED = DOCUMENT | {
    "document_id": "9a0b3c52a9e84b7c9d20c1a7e5b6f804", "title": "差旅报销制度.pdf", "revision": 1, "status": "rejected",
    "reason": "The file is encrypted. Remove the password, and upload it again.", "pages": None, "chunks": None,
    "effective": None,
}  # fmt: skip
RECORD = {
    "seq": 1204, "at": "2026-11-28T06:41:06.391883Z", "stream": "QUERIES", "stream_seq": 7, "event_id": "e",
    "subject": "query.asked.v1", "source": "s", "about": "0af7651916cd43dd8448eb211c80319c", "size": 1, "facts": {},
    "principal": "person:alice", "digest": "9f86d081884c7d659a2feaa0c55ad015",
}  # fmt: skip
GRANTS = [
    {"grant_id": "0f3a91c2d4e5f60718293a4b5c6d7e8f", "workspace": "finance", "to": "group:finance",
     "actions": ["ask", "read"], "deny": False},
    {"grant_id": "1f3a91c2d4e5f60718293a4b5c6d7e8f", "workspace": "production", "to": "person:bob.the.builder",
     "actions": ["ask", "read", "write"], "deny": True},
]  # fmt: skip
KEYS = [
    {"name": "crm", "workspaces": ["finance", "legal"], "scopes": ["ask", "read"], "bus": True, "expires_at": None},
    {"name": "manufacturing-execution", "workspaces": ["production"], "scopes": ["ask"], "bus": False,
     "expires_at": None},
    {"name": "alice.laptop", "mine": True, "workspaces": [], "scopes": ["ask"], "expires_at": 1803636226,
     "used_at": 1795860730},
]  # fmt: skip
PASSAGE = {
    "document_id": "4f1d3c52a9e84b7c9d20c1a7e5b6f803", "revision": 3, "workspace": "finance", "chunk": 4, "page": 2,
    "title": "Overseas Travel Policy and Expenses 2026.docx", "heading": "2 Hotels", "score": 0.98, "legs": {},
    "text": "The limit for a hotel is 180 US dollars a night in Europe. 住宿超标部分由本人承担；遇特殊情况须批准。",
}  # fmt: skip
COMMANDS: dict[str, tuple[str, Any]] = {
    "documents list": ("GET /api/documents", {"documents": [DOCUMENT, REJECTED], "total": 2}),
    "grants list": ("GET /api/grants", {"grants": GRANTS}),
    "keys list": ("GET /api/keys", {"keys": KEYS}),
    "search hotel": ("POST /api/search", {"passages": [PASSAGE], "absent": []}),
    "audit list": ("GET /api/audit", {"records": [RECORD], "last": 1204}),
}
STYLE = re.compile(r"\x1b\[[0-9;]*m")
IDS = re.compile(r"\b[0-9a-f]{32}\b")


def shown(stub: HttpStub, command: str, width: int | None, **environment: str) -> str:
    """What the command prints to a terminal of `width` columns, or to a pipe."""
    if command in COMMANDS:
        call, body = COMMANDS[command]
        stub.says(call, (200, body))
    given = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    given |= {
        "CLOISTER_URL": stub.url,
        "CLOISTER_TOKEN": "t",
        "TERM": "xterm",
        "NO_COLOR": "1",
        "TZ": "UTC",
    } | environment
    words = [CLOISTER, *command.split()]
    if width is None:
        return subprocess.run(words, env=given, capture_output=True, check=True, timeout=60).stdout.decode()
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    with subprocess.Popen(words, env=given, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        told = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    assert process.returncode == 0, told
    return STYLE.sub("", told.decode().replace("\r\n", "\n"))


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other end is closed
        return b""


@pytest.mark.parametrize("width", [40, 80, 120, None], ids=str)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_table_is_readable_at_every_width(stub: HttpStub, command: str, width: int | None) -> None:
    told = shown(stub, command, width)
    snapshot = SNAPSHOTS / f"{command.replace(' ', '-')}-{width or 'pipe'}.txt"
    if os.environ.get("CLOISTER_SNAPSHOTS") == "write":
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(told, encoding="utf-8")
    assert told == snapshot.read_text(encoding="utf-8")
    assert all(cell_len(line) <= width for line in told.splitlines() if width)
    ids = set(IDS.findall(str(COMMANDS[command][1]))) - {RECORD["digest"]} if "list" in command else set()
    assert ids <= set(IDS.findall(told)), "an id is broken"


@pytest.mark.parametrize("command", ["--help", "keys --help", "keys add --help", "documents --help", "ingest --help"])
def test_every_word_of_a_help_text_is_readable_at_40_columns(stub: HttpStub, command: str) -> None:
    narrow, wide = shown(stub, command, 40), shown(stub, command, 200)
    assert all(cell_len(line) <= 40 for line in narrow.splitlines())
    assert "…" not in narrow.replace("PATH…", "")
    options = set(re.findall(r"--[a-z][a-z-]+", wide))
    assert options <= set(re.findall(r"--[a-z][a-z-]+", narrow))
    assert set(re.findall(r"│ ([a-z]+) ", wide)) <= set(re.findall(r"^  ([a-z]+)$", narrow, re.MULTILINE))


def test_what_goes_into_a_pipe_has_one_line_for_each_row(stub: HttpStub) -> None:
    stub.says("GET /api/documents", (200, {"documents": [REJECTED | {"reason": "word " * 200}], "total": 1}))
    given = os.environ | {"CLOISTER_URL": stub.url, "CLOISTER_TOKEN": "t"}
    told = subprocess.run([CLOISTER, "documents", "list"], env=given, capture_output=True, check=True, timeout=60)
    assert len(told.stdout.decode().splitlines()) == 2


def test_the_command_works_in_a_c_locale(stub: HttpStub) -> None:
    assert "差旅报销制度.pdf" in shown(stub, "documents list", None, LC_ALL="C")
    bare = shown(stub, "documents list", None, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert r"\u5dee\u65c5" in bare
