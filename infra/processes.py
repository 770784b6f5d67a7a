"""Child processes that are restarted when they die, and stopped with their parent."""

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
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SYSTEMROOT")
LONGEST_LINE = 1 << 20


@dataclass
class ChildProcess:
    """A process: its command, the home for its log and pid file, and the port of its probes (0: none).

    It gets `environment` and nothing else. `transform` turns each line of its output into a line of the log.
    """

    name: str
    command: Sequence[str]
    home: Path
    environment: Mapping[str, str] = field(default_factory=lambda: minimal_environment())
    port: int = 0
    transform: Callable[[bytes], bytes] | None = None
    process: asyncio.subprocess.Process | None = None
    copy_task: asyncio.Task[None] | None = None

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
            # In its own session, so that a terminal's ^C reaches only the supervisor, which stops them in order.
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                stdout=asyncio.subprocess.PIPE if self.transform else log,
                stderr=asyncio.subprocess.STDOUT if self.transform else log,
                limit=LONGEST_LINE,
                env=self.environment,
                start_new_session=True,
                preexec_fn=exit_with_parent,
            )
        if self.transform and self.process.stdout:
            self.copy_task = asyncio.create_task(self._copy_output(self.process.stdout, self.transform))
        self.pid_file.write_text(str(self.process.pid))
        return self.process

    async def _copy_output(self, output: asyncio.StreamReader, transform: Callable[[bytes], bytes]) -> None:
        with self.log.open("ab", buffering=0) as log:
            async for line in output:
                log.write(transform(line))

    async def has_exited(self) -> bool:
        """Whether it has exited and all its output is in the log."""
        if self.process is None or self.process.returncode is None:
            return False
        if self.copy_task:
            await self.copy_task
        return True

    async def keep_running(self) -> None:
        """Restart the process whenever it exits; repeated quick exits are restarted with a growing pause."""
        pause = 0.05
        while True:
            began = time.monotonic()
            code = await (self.process or await self.start()).wait()
            if code == MISCONFIGURED:
                raise NotReady(last_message(self.log))
            # A process killed from outside is restarted at once.
            pause = 0.05 if code < 0 or time.monotonic() - began > 5 else min(pause * 2, 5)
            print(f"{self.name} exited with {code} and restarts; its log is {self.log}", file=sys.stderr, flush=True)
            await asyncio.sleep(pause)
            await self.start()

    async def stop(self, seconds: float) -> None:
        """SIGTERM, and SIGKILL after `seconds`."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), seconds)
        except TimeoutError:
            self.process.kill()
        self.pid_file.unlink(missing_ok=True)


def minimal_environment() -> Mapping[str, str]:
    """An environment without Cloister's variables, so without passwords and keys."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def exit_with_parent() -> None:
    """Terminate this process when its parent dies (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def last_message(log: Path) -> str:
    """The message in the last line of a log."""
    lines = log.read_text(errors="replace").strip().splitlines()
    try:
        return str(json.loads(lines[-1])["message"])
    except (IndexError, ValueError, KeyError, TypeError):
        return f"A service is configured wrongly; see {log}."
