"""`python -m tests.documentation.terminal`: records a real run of Cloister as docs/images/terminal.svg."""

import os
import pty
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from io import StringIO
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from infra.nats.server import free_port

IMAGE = Path(__file__).parents[2] / "docs" / "images" / "terminal.svg"
PROGRAM = Path(sys.executable).with_name("cloister")
WIDTH = 100
TEXT = re.compile(r'(<text [^>]*?textLength=)"([\d.]+)"([^>]*>)([^<]+)</text>')
COMMANDS = [
    ["search", "hotel limit in Europe", "-w", "finance", "--limit", "2"],
    ["ask", "What is the hotel limit in Europe?", "-w", "finance"],
    ["ask", "现场安装人员的住宿标准是每晚多少元？", "-w", "production"],
]


def main() -> None:
    """Start Cloister with its sample company on an empty home, ask it, and write what the terminal showed."""
    console = Console(record=True, width=WIDTH, file=StringIO())
    with tempfile.TemporaryDirectory() as home:
        here = os.environ | {
            "CLOISTER_HOME": home,
            "XDG_CONFIG_HOME": home,
            "CLOISTER_HTTP_PORT": str(free_port()),
            "CLOISTER_NATS_PORT": str(free_port()),
        }
        with _started(here):
            for arguments in COMMANDS:
                words = " ".join(f'"{word}"' if " " in word or not word.isascii() else word for word in arguments)
                console.print(Text(f"$ cloister {words}", style="bold"))
                console.print(Text.from_ansi(_shown(arguments, here)))
    IMAGE.parent.mkdir(exist_ok=True)
    # Without the web fonts: the picture loads nothing.
    svg = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title="Cloister", unique_id="cloister"), flags=re.S)
    IMAGE.write_text(TEXT.sub(_widened, svg))


def _widened(found: re.Match[str]) -> str:
    """Rich gives each character one column; Chinese characters take two."""
    before, width, after, text = found.groups()
    plain = unescape(text)
    return f'{before}"{float(width) * cell_len(plain) / len(plain):.1f}"{after}{text}</text>'


@contextmanager
def _started(here: dict[str, str]) -> Iterator[None]:
    """A running Cloister whose sample company can be searched."""
    server = subprocess.Popen([PROGRAM, "up"], env=here, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        next(line for line in server.stdout if line.startswith("Try next"))
        threading.Thread(target=server.stdout.read, daemon=True).start()
        yield
    finally:
        server.terminate()
        server.wait()


def _shown(arguments: list[str], here: dict[str, str]) -> str:
    """What the command writes to a terminal of `WIDTH` columns."""
    reader, writer = pty.openpty()
    seen = here | {"COLUMNS": str(WIDTH), "TERM": "xterm-256color"}
    run = subprocess.Popen([PROGRAM, *arguments], stdout=writer, stderr=subprocess.DEVNULL, env=seen)
    os.close(writer)
    shown = b""
    while chunk := _read(reader):
        shown += chunk
    os.close(reader)
    assert run.wait() == 0
    return shown.decode().replace("\r\n", "\n")


def _read(reader: int) -> bytes:
    try:
        return os.read(reader, 65536)
    except OSError:  # Linux: the other end is closed
        return b""


if __name__ == "__main__":
    main()
