"""RFC 6962 from the verifier's side: leaf hashes, the root of what was read, inclusion and consistency proofs."""

from collections.abc import Iterable, Sequence
from hashlib import sha256


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a record's bytes."""
    return sha256(b"\0" + leaf).digest()


def node(left: bytes, right: bytes) -> bytes:
    """The hash above two others."""
    return sha256(b"\1" + left + right).digest()


class Edge:
    """The roots of the perfect subtrees so far: 32 bytes for each 1 in the binary form of `size`."""

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.size, self.hashes = size, list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(f"an edge of size {size} has {size.bit_count()} hashes, not {len(self.hashes)}")

    def add(self, leaves: Iterable[bytes]) -> None:
        """The next leaf hashes."""
        for found in leaves:
            size = self.size
            while size & 1:
                found, size = node(self.hashes.pop(), found), size >> 1
            self.hashes.append(found)
            self.size += 1

    def root(self) -> bytes:
        """The root hash of everything added."""
        if not self.hashes:
            return sha256(b"").digest()
        root = self.hashes[-1]
        for found in reversed(self.hashes[:-1]):
            root = node(found, root)
        return root

    def copy(self) -> "Edge":
        return Edge(self.size, self.hashes)


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows the leaf hash at `index` (from 0) in the tree of `size` with that root."""
    if not 0 <= index < size:
        return False
    found, last = leaf, size - 1
    for each in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node(each, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node(found, each)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def proves_consistency(first: int, size: int, proof: Sequence[bytes], first_root: bytes, root: bytes) -> bool:
    """Whether `proof` shows that the tree of `size` begins with the tree of `first` leaves and that root."""
    if first == 0 or first == size:
        return not proof and (first == 0 or first_root == root)
    if not 0 < first < size or not proof:
        return False
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    place, last = first - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node(each, old), node(each, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node(new, each)
        place, last = place >> 1, last >> 1
    return last == 0 and (old, new) == (first_root, root)
