"""C2SP tiles: 256 hashes at each eighth height."""

from collections.abc import Iterable, Mapping, Sequence

from services.audit.log.tree.merkle import Edge, Range, folded, perfect, reduced

WIDTH, HEIGHT, HASH = 256, 8, 32
Place = tuple[int, int]  # level, and the tile's number in it


class Frontier:
    """The unfinished tile of each level, and the edge over them. Tiles that changed are in `changed`."""

    def __init__(self, levels: Sequence[tuple[int, bytes]] = ()) -> None:
        """`levels` are the last tile of each level from 0: its number and its hashes."""
        self._levels = [(n + 1, []) if len(data) == WIDTH * HASH else (n, _hashes(data)) for n, data in levels]
        self.changed: dict[Place, bytes] = {}
        self._touched: set[int] = set()
        peaks = [peak for _, hashes in reversed(self._levels) for peak in _peaks(hashes)]
        self.edge = Edge(sum(_leaves(level, *found) for level, found in enumerate(self._levels)), peaks)

    @property
    def size(self) -> int:
        return self.edge.size

    def copy(self) -> "Frontier":
        """For a write that may fail."""
        new = Frontier()
        new._levels = [(number, list(hashes)) for number, hashes in self._levels]
        new.edge = self.edge.copy()
        return new

    def add(self, hashes: Sequence[bytes]) -> None:
        """The next leaf hashes."""
        self.edge.add(hashes)
        for found in hashes:
            self._add(0, found)
        for level in self._touched:
            number, pending = self._levels[level]
            if pending:
                self.changed[level, number] = b"".join(pending)
        self._touched.clear()

    def _add(self, level: int, found: bytes) -> None:
        if level == len(self._levels):
            self._levels.append((0, []))
        self._touched.add(level)
        number, pending = self._levels[level]
        pending.append(found)
        if len(pending) == WIDTH:
            self.changed[level, number] = b"".join(pending)
            self._levels[level] = (number + 1, [])
            self._add(level + 1, reduced(pending))


def _hashes(data: bytes) -> list[bytes]:
    return [data[n : n + HASH] for n in range(0, len(data), HASH)]


def _peaks(hashes: Sequence[bytes]) -> list[bytes]:
    return [reduced(hashes[n << height : (n + 1) << height]) for height, n in perfect(0, len(hashes))]


def _leaves(level: int, number: int, hashes: Sequence[bytes]) -> int:
    # A finished tile is counted by the hash that it left one level higher.
    return len(hashes) << HEIGHT * level


def places(ranges: Iterable[Range]) -> set[Place]:
    """The tiles that hold what the hashes of these ranges are made of."""
    return {
        (height // HEIGHT, (index << height % HEIGHT) // WIDTH)
        for low, high in ranges
        for height, index in perfect(low, high)
    }


def hash_of(range_: Range, tiles: Mapping[Place, bytes]) -> bytes:
    """The hash over the leaves of a range, from the tiles at its `places`; KeyError when one is missing."""
    return folded([_subtree(height, index, tiles) for height, index in perfect(*range_)])


def _subtree(height: int, index: int, tiles: Mapping[Place, bytes]) -> bytes:
    level, rest = divmod(height, HEIGHT)
    first = index << rest
    tile, place = divmod(first, WIDTH)
    found = _hashes(tiles[level, tile][place * HASH : (place + (1 << rest)) * HASH])
    if len(found) != 1 << rest:
        raise KeyError((level, tile))
    return reduced(found)
