"""A second verifier, written from RFC 6962 and the C2SP pages alone: slow, recursive, and none of our code."""

import base64
import hashlib
from collections.abc import Sequence

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey


def mth(entries: Sequence[bytes]) -> bytes:
    """2.1: the Merkle Tree Hash of a list of entries."""
    n = len(entries)
    if n == 0:
        return hashlib.sha256().digest()
    if n == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while 2 * k < n:
        k *= 2
    return hashlib.sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """2.1.1: the Merkle audit path of entry m."""
    n = len(entries)
    if n == 1:
        return []
    k = 1
    while 2 * k < n:
        k *= 2
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """2.1.2: the consistency proof from the first m entries."""
    return subproof(m, entries, True)


def subproof(m: int, entries: Sequence[bytes], whole: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if whole else [mth(entries)]
    k = 1
    while 2 * k < n:
        k *= 2
    if m <= k:
        return [*subproof(m, entries[:k], whole), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


def opened(note: str, vkey: str) -> tuple[int, bytes] | None:
    """A signed note's size and root; None when the key did not sign it."""
    name, _, rest = vkey.partition("+")
    key = base64.b64decode(rest.partition("+")[2])
    text, _, tail = note.rpartition("\n\n")
    mark = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
    for line in tail.splitlines():
        blob = base64.b64decode(line.removeprefix(f"— {name} "))
        if line.startswith(f"— {name} ") and blob[:4] == mark:
            try:
                VerifyKey(key[1:]).verify(text.encode() + b"\n", blob[4:])
            except BadSignatureError:
                return None
            lines = text.split("\n")
            return int(lines[1]), base64.b64decode(lines[2])
    return None
