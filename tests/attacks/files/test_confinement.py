"""Code that runs inside a parser can do nothing outside it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PROGRAM = """
import ctypes, signal, socket, subprocess, os, sys, threading
sys.path.insert(0, {root!r})
import types; package = types.ModuleType("services.ingestion"); package.__path__ = [{root!r} + "/services/ingestion"]
sys.modules["services.ingestion"] = package
from services.ingestion.sandbox import confinement
confinement.leave_network()
confinement.limit(memory=1 << 30, cpu=5, file=1 << 20, files=64)
print(confinement.lock())
try:
    {attempt}
except OSError as error:
    print("refused", error.errno)
except MemoryError:
    print("refused memory")
"""
ATTEMPTS = {
    "reading a secret": "open('/etc/hostname').read()",
    "writing a file": "open('/tmp/x', 'w')",
    "a socket": "socket.socket()",
    "a program": "subprocess.Popen(['/bin/true'])",
    "a process": "os.fork()",
    "a signal to another": "os.kill(os.getppid(), 9)",
    "a signal to a thread": "signal.pthread_kill(threading.get_ident(), 0)",
    "a signal by descriptor": "signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0)",
    "a gigabyte of memory": "bytearray(1 << 30)",
    "deleting": "os.unlink('/etc/hostname')",
}


def inside(attempt: str) -> list[str]:
    run = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM.format(root=str(ROOT), attempt=attempt)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    return run.stdout.split("\n")


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_locked_process_is_refused(name: str) -> None:
    locked, outcome, *_ = inside(ATTEMPTS[name])
    assert (locked, outcome.split()[0]) == ("True", "refused")


def test_a_locked_process_can_still_start_threads() -> None:
    assert inside("t = threading.Thread(target=print, args=('ran',)); t.start(); t.join()")[1] == "ran"


def test_a_program_that_never_ends_is_stopped_by_its_processor_time() -> None:
    program = PROGRAM.format(root=str(ROOT), attempt="while True: pass").replace("cpu=5", "cpu=1")
    assert subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, timeout=30).returncode < 0
    assert os.getpid()
