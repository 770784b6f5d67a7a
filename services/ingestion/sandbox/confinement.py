"""What the parser's process may not do: memory, CPU time, file size and open files are limited everywhere.

On Linux it also has no network (an empty namespace of its own, where the kernel allows that) and, by seccomp on x86-64
and arm64, from `lock` on it can open no file, make no socket and start no program. Elsewhere the limits are all.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

MAPPED = 1 << 30
NEWUSER, NEWNET = 0x10000000, 0x40000000
NO_NEW_PRIVS, SET_SECCOMP, DUMPABLE, PARENT_DEATH, FILTER = 38, 22, 4, 1, 2
ALLOW, ERROR = 0x7FFF0000, 0x00050000
LOAD, EQUAL, AT_LEAST, SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
THREAD = 0x00010000
# The kernel's numbers on x86-64 and arm64; -1 where there is no such call.
MACHINES = {"x86_64": 0, "aarch64": 1}
ARCHITECTURE = (0xC000003E, 0xC00000B7)
CLONE, CLONE3 = (56, 220), (435, 435)
REFUSED = {
    "open": (2, -1), "openat": (257, 56), "openat2": (437, 437), "creat": (85, -1), "truncate": (76, 45),
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "io_uring_setup": (425, 425), "bpf": (321, 280),
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, -1), "vfork": (58, -1), "kill": (62, 129),
    "tkill": (200, 130), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "pidfd_send_signal": (424, 424),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "mount": (165, 40),
    "unlink": (87, -1), "unlinkat": (263, 35), "mkdir": (83, -1), "mkdirat": (258, 34),
    "rename": (82, -1), "renameat": (264, 38), "renameat2": (316, 276), "chmod": (90, -1), "fchmodat": (268, 53),
    "link": (86, -1), "linkat": (265, 37), "symlink": (88, -1), "symlinkat": (266, 36),
}  # fmt: skip


class Program(ctypes.Structure):
    """A filter as the kernel takes it."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def limit(memory: int, cpu: int, file: int, files: int) -> None:
    """Bytes of memory, seconds of CPU, bytes a written file may have, open files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if sys.platform == "linux":
        # What a process writes to is its own; the libraries that it maps are everybody's and stay small.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_AS, (memory + MAPPED, memory + MAPPED))
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(DUMPABLE, 0, 0, 0, 0)


def end_with_parent(parent: int) -> None:
    """Nobody else would know of this process; the parent may have ended before this is asked for."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def leave_network() -> None:
    """From here on this process and its forks are in a network of their own, where there is nobody."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(NEWNET) and libc.unshare(NEWUSER | NEWNET):
            print(f"no network namespace: {os.strerror(ctypes.get_errno())}", file=sys.stderr)


def lock() -> bool:
    """True when, from here on, nothing can be opened, connected or started."""
    machine = MACHINES.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    code = _filter(machine)
    program = Program(len(code) // 8, code)
    failed = libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(program), 0, 0)
    return not failed


def _filter(machine: int) -> bytes:
    """Classic BPF over (number, architecture, …, first argument): refuse a list, let threads start, allow the rest."""
    steps = [
        (LOAD, 0, 0, 4),
        (EQUAL, 1, 0, ARCHITECTURE[machine]),
        (RETURN, 0, 0, ERROR | errno.EPERM),
        (LOAD, 0, 0, 0),
    ]
    # Without clone3 the C library falls back to clone, whose flags can be seen here.
    steps += [(EQUAL, 0, 1, CLONE3[machine]), (RETURN, 0, 0, ERROR | errno.ENOSYS)]
    steps += [(EQUAL, 0, 4, CLONE[machine]), (LOAD, 0, 0, 16), (SET, 0, 1, THREAD)]
    steps += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERROR | errno.EPERM)]
    for numbers in REFUSED.values():
        if numbers[machine] >= 0:
            steps += [(EQUAL, 0, 1, numbers[machine]), (RETURN, 0, 0, ERROR | errno.EACCES)]
    # x32 calls have other numbers for the same things.
    steps += [(AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, ERROR | errno.EPERM), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
