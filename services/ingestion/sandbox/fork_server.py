"""The process from which each file's own is forked: it has loaded every reader, and never sees a file.

Its stdin is a Unix socket. With each byte come three descriptors: the file (a line of JSON with `program`, `title`,
`limits` and what else that program is told, then the bytes), where to write what is in it, and a line to talk on. There
this process says the fork's number and at last how it ended, and before that the fork `0` when it has written all. When
the line is closed the fork is ended, and with stdin all of them.
"""

import gc
import json
import os
import selectors
import signal
import socket
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

from services.ingestion.formats.pdf import reader
from services.ingestion.formats.registry import load
from services.ingestion.sandbox import confinement, parse_worker

# A fork's descriptors: the way on which it is given the three others.
WAY, FILE, OUTPUT, LINE = 0, 3, 4, 5
# Seconds without anything to do, until one is forked ahead: not while another takes its first steps.
MOMENT = 0.005


def main() -> None:
    """What takes time once is done before the first fork; none of it may start a thread."""
    confinement.leave_network()
    load()
    reader.start()
    gc.freeze()
    # A fork ends before its waste would matter.
    gc.disable()
    Forkserver(socket.socket(fileno=0)).serve()


class Forkserver:
    """Forks, says how forks have ended, and ends those that nobody listens to."""

    def __init__(self, asked: socket.socket) -> None:
        self._asked, self._forks, self._over = asked, dict[socket.socket, int](), set[int]()
        self._spare: tuple[int, socket.socket] | None = None
        self._sources = selectors.DefaultSelector()

    def serve(self) -> None:
        """Until the asker is gone."""
        ended, wake = socket.socketpair()
        ended.setblocking(False)
        wake.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake.fileno(), warn_on_full_buffer=False)
        self._sources.register(self._asked, selectors.EVENT_READ, self._give)
        self._sources.register(ended, selectors.EVENT_READ, self._tell)
        while True:
            for source, _ in (found := self._sources.select(None if self._spare else MOMENT)):
                source.data(source.fileobj)
            self._spare = self._spare or (None if found else _fork())

    def _give(self, asked: socket.socket) -> None:
        byte, given, *_ = socket.recv_fds(asked, 1, 3)
        if not byte:
            for line in list(self._forks):
                self._end(line)
            os._exit(0)
        (pid, way), self._spare = self._spare or _fork(), None
        line = socket.socket(fileno=os.dup(given[2]))
        self._forks[line] = pid
        self._sources.register(line, selectors.EVENT_READ, self._end)
        try:
            line.send(b"%d\n" % pid)
            with way:
                socket.send_fds(way, [byte], given)
        except OSError:
            self._end(line)
        for one in given:
            os.close(one)

    def _tell(self, ended: socket.socket) -> None:
        ended.recv(4096)
        for line, pid in self._forks.items():
            # It is not reaped yet: until its line is closed nobody else can get its number.
            if pid not in self._over and (how := os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
                self._over.add(pid)
                with suppress(OSError):
                    line.send(b"%d\n" % (how.si_status if how.si_code == os.CLD_EXITED else -how.si_status))

    def _end(self, line: socket.socket) -> None:
        pid = self._forks.pop(line)
        self._sources.unregister(line)
        line.close()
        self._over.discard(pid)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _fork() -> tuple[int, socket.socket]:
    """One that waits for its file, and the way to give it: forking and first steps take as long as small files."""
    ours, theirs = socket.socketpair()
    here = os.getpid()
    with theirs:
        pid = os.fork()
        if not pid:
            _become(theirs, here)
        return pid, ours


def _become(way: socket.socket, parent: int) -> NoReturn:
    """One file's process: limits first, then its bytes, then the program, which locks itself in with them."""
    try:
        confinement.end_with_parent(parent)
        signal.set_wakeup_fd(-1)
        os.dup2(way.fileno(), WAY)
        # What is open here is other files'.
        os.closerange(FILE, os.sysconf("SC_OPEN_MAX"))
        parse_worker.outcome(reader.SAMPLE, "a.pdf")
        with socket.socket(fileno=WAY) as asked:
            socket.recv_fds(asked, 1, 3)
        with open(FILE, "rb") as source, open(OUTPUT, "wb") as out:
            task = json.loads(source.readline())
            confinement.limit(**task["limits"])
            import_module(f"services.ingestion.sandbox.{task['program']}").run(task, source.read(), out)
        os.write(LINE, b"0\n")
        os._exit(0)
    finally:
        os._exit(1)
