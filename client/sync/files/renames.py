"""Files with another name: known by their stamp, not read and not sent."""

from collections.abc import Sequence
from dataclasses import replace

from client.sync.files.scanner import Seen
from client.sync.state import Ledger


def moved(fresh: Sequence[str], gone: Sequence[str], seen: Seen, ledger: Ledger) -> list[tuple[str, str]]:
    """Old and new paths, written into the ledger together, so that names may go round in a circle."""
    left = [ledger.rows[path] for path in (*gone, *fresh) if path in ledger.rows]
    # A rejected file may have got the name that it needs: it is sent again.
    by_stamp = {sent.stamp: sent for sent in left if sent.inode and sent.status == "indexed"}
    found = []
    for path in fresh:
        sent = by_stamp.pop(seen.files[path], None)
        if sent and sent.path != path:
            found.append((sent, path))
    for sent, path in found:
        ledger.put(replace(sent, path=path))
    away = {sent.path for sent, _ in found} - {path for _, path in found} - seen.files.keys()
    for path in sorted(away):
        ledger.drop(path)
    return [(sent.path, path) for sent, path in found]
