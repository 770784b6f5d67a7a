"""Child processes that are started again when they die, and end before their parent does."""

import asyncio
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import NotReady

MISCONFIGURED = 78
PR_SET_PDEATHSIG = 1
PLAIN = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
LONGEST_LINE = 1 << 20


@dataclass
class Child:
    """One process: its command, where its log and pid go, the port of its probes (0: none).

    It sees `environment` and nothing else. `written` turns each line of its output into one of the log.
    """

    name: str
    command: Sequence[str]
    home: Path
    environment: Mapping[str, str] = field(default_factory=lambda: bare())
    port: int = 0
    written: Callable[[bytes], bytes] | None = None
    process: asyncio.subprocess.Process | None = None
    copying: asyncio.Task[None] | None = None

    @property
    def log(self) -> Path:
        return self.home / "log" / f"{self.name}.jsonl"

    @property
    def pid_file(self) -> Path:
        return self.home / "run" / f"{self.name}.pid"

    async def start(self) -> asyncio.subprocess.Process:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.pid_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            # A session of its own: a terminal's ^C reaches the supervisor alone, which ends its children in order.
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                stdout=asyncio.subprocess.PIPE if self.written else log,
                stderr=asyncio.subprocess.STDOUT if self.written else log,
                limit=LONGEST_LINE,
                env=self.environment,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        if self.written and self.process.stdout:
            self.copying = asyncio.create_task(self._copy(self.process.stdout, self.written))
        self.pid_file.write_text(str(self.process.pid))
        return self.process

    async def _copy(self, said: asyncio.StreamReader, written: Callable[[bytes], bytes]) -> None:
        with self.log.open("ab", buffering=0) as log:
            async for line in said:
                log.write(written(line))

    async def ended(self) -> bool:
        """Whether it has, with all of its last words in the log."""
        if self.process is None or self.process.returncode is None:
            return False
        if self.copying:
            await self.copying
        return True

    async def keep(self) -> None:
        """Run for ever; a death is followed by a start, at once or later when deaths come quickly."""
        pause = 0.05
        while True:
            began = time.monotonic()
            code = await (self.process or await self.start()).wait()
            if code == MISCONFIGURED:
                raise NotReady(last_words(self.log))
            # Killed from outside is no fault of its own: it is back at once, however often.
            pause = 0.05 if code < 0 or time.monotonic() - began > 5 else min(pause * 2, 5)
            print(f"{self.name} ended with {code} and starts again; its log is {self.log}", file=sys.stderr, flush=True)
            await asyncio.sleep(pause)
            await self.start()

    async def end(self, seconds: float) -> None:
        """SIGTERM, and SIGKILL after `seconds`."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), seconds)
        except TimeoutError:
            self.process.kill()
        self.pid_file.unlink(missing_ok=True)


def bare() -> Mapping[str, str]:
    """An environment without anything of ours: no password and no key is in it."""
    return {name: os.environ[name] for name in PLAIN if name in os.environ}


def die_with_parent() -> None:
    """A supervisor that is killed takes its children along (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def last_words(log: Path) -> str:
    """The message of the log's last line."""
    lines = log.read_text(errors="replace").strip().splitlines()
    try:
        return str(json.loads(lines[-1])["message"])
    except (IndexError, ValueError, KeyError, TypeError):
        return f"A service is set up wrongly; see {log}."
