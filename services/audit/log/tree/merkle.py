"""RFC 6962 hashes, the right edge of a growing tree, and which subtrees make up a proof."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()
Range = tuple[int, int]  # leaves from (inclusive) and to (exclusive), counted from 0


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return sha256(b"\0" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash above two others."""
    return sha256(b"\1" + left + right).digest()


class Edge:
    """The roots of the perfect subtrees from left to right: all that is needed to go on and to know the root."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size, self.peaks = size, list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError(f"an edge of size {size} has {size.bit_count()} hashes, not {len(self.peaks)}")

    def add(self, hashes: Iterable[bytes]) -> None:
        """The next leaf hashes."""
        for found in hashes:
            size = self.size
            while size & 1:
                found, size = node(self.peaks.pop(), found), size >> 1
            self.peaks.append(found)
            self.size += 1

    def root(self) -> bytes:
        """The tree's root hash."""
        return folded(self.peaks)

    def copy(self) -> "Edge":
        return Edge(self.size, self.peaks)


def folded(peaks: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees from left to right."""
    if not peaks:
        return EMPTY
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = node(peak, root)
    return root


def reduced(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = [node(level[n], level[n + 1]) for n in range(0, len(level), 2)]
    return level[0]


def split(count: int) -> int:
    """The largest power of two below `count` (RFC 6962, 2.1)."""
    return 1 << (count - 1).bit_length() - 1


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that leaf `index` is in the tree of `size`, from the leaf upwards (2.1.1)."""
    low, high, found = 0, size, list[Range]()
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency(first: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that the tree of `size` begins with that of `first` (2.1.2)."""
    low, high, whole, found = 0, size, True, list[Range]()
    while first != high:
        middle = low + split(high - low)
        if first <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low, whole = middle, False
    return (found if whole else [*found, (low, high)])[::-1]


def perfect(low: int, high: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees of a range, from left to right, as (height, index at that height)."""
    while low < high:
        height = min((low & -low).bit_length() - 1 if low else 64, (high - low).bit_length() - 1)
        yield height, low >> height
        low += 1 << height
