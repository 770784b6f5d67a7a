"""Versions of the embedded index on disk: the live one, and how the next is made."""

import asyncio
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

POINTER = "present"
# The engine keeps the interpreter to itself while it builds graphs, for ten seconds at 50,000 chunks: in a process of
# its own, and a polite one, nobody notices.
OPTIMIZE = """
import os, sys, qdrant_edge
os.nice(10)
shard = qdrant_edge.EdgeShard.load(sys.argv[1])
shard.optimize()
shard.flush()
shard.close()
"""


def present(folder: Path) -> Path:
    """Where the files of the index are; others that lie beside them are of a settling that did not end."""
    pointer = folder / POINTER
    if not pointer.is_file():
        return folder
    kept = folder / pointer.read_text()
    for other in folder.iterdir():
        if other not in (pointer, kept):
            shutil.rmtree(other, ignore_errors=True)
    return kept


def following(place: Path, folder: Path) -> Path:
    """Where the next generation goes."""
    number = int(place.name) if place != folder and place.name.isdigit() else 0
    return folder / str(number + 1)


def point(folder: Path, place: Path) -> None:
    """From now on, also after a power cut, `place` is the present one."""
    new = folder / f"{POINTER}.new"
    with new.open("w") as file:
        file.write(place.name)
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / POINTER)


def copy(place: Path, to: Path) -> None:
    """The engine's own files alone. They are mostly holes, which `cp` leaves out."""
    shutil.rmtree(to, ignore_errors=True)
    to.mkdir(parents=True)
    names = [str(place / name) for name in ("wal", "segments", "edge_config.json")]
    with suppress(OSError):
        if subprocess.run(["cp", "-a", "--sparse=always", *names, str(to)], capture_output=True).returncode == 0:
            return
    for name in ("wal", "segments"):
        shutil.copytree(place / name, to / name, dirs_exist_ok=True)
    shutil.copy(place / "edge_config.json", to)


async def optimize(place: Path) -> bool:
    """Build the graphs of a copy, in a process of its own; False when that fails."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", OPTIMIZE, str(place))
    try:
        return await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
