"""Processes that wait for their one file: started while another is read, since starting takes as long as most files."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

FOLDER = Path(__file__).resolve().parent
# The service's own __init__ would bring the bus along: slow, and nothing that a parser should hold.
BOOT = f"""
import sys, types
sys.path.insert(0, {str(FOLDER.parent.parent)!r})
package = types.ModuleType("services.ingestion")
package.__path__ = [{str(FOLDER)!r}]
sys.modules["services.ingestion"] = package
from services.ingestion.PROGRAM import main
main()
"""
QUIET = {
    "LANG": "C.UTF-8",
    "RAYON_NUM_THREADS": "1",
    "TOKIO_WORKER_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    # A page is let go before the next one is read: its memory need not go back to the machine in between.
    "MALLOC_TRIM_THRESHOLD_": "67108864",
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "RUST_BACKTRACE": "0",
}


@dataclass(slots=True)
class Started:
    """A process that has loaded its program and waits for one line, in a folder of its own."""

    process: "subprocess.Popen[bytes]"
    scratch: "TemporaryDirectory[str]"

    def end(self) -> int:
        """Whatever it is doing; gives how it ended."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()
        self.scratch.cleanup()
        return code


def start(program: str) -> Started:
    """A fresh one."""
    scratch = TemporaryDirectory(prefix="cloister-")
    process = subprocess.Popen(
        [sys.executable, "-I", "-c", BOOT.replace("PROGRAM", program)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0,
        cwd=scratch.name, env=QUIET | {"HOME": scratch.name, "TMPDIR": scratch.name}, start_new_session=True,
    )  # fmt: skip
    return Started(process, scratch)


# Without its service it reads the end of its input, and ends.
_spare: dict[str, tuple[Started, float]] = {}
# One that is older was started before the service's own files may have changed.
FRESH = 600


def take(program: str) -> Started:
    """The one that waits, or a fresh one."""
    one, since = _spare.pop(program, (None, 0.0))
    if one and one.process.poll() is None and time.monotonic() - since < FRESH and Path(one.scratch.name).is_dir():
        return one
    if one:
        one.end()
    return start(program)


def refill(program: str) -> None:
    """Let one wait for the next file."""
    if program not in _spare:
        _spare[program] = start(program), time.monotonic()
