"""Finds renamed files by size, time and inode; they are neither read nor uploaded again."""

from collections.abc import Sequence
from dataclasses import replace

from client.sync.files.scanner import ScanResult
from client.sync.state import SyncState


def renamed(fresh: Sequence[str], gone: Sequence[str], seen: ScanResult, state: SyncState) -> list[tuple[str, str]]:
    """Old and new paths. They are recorded together, so that files may swap their names."""
    left = [state.rows[path] for path in (*gone, *fresh) if path in state.rows]
    # A rejected file may have got the extension that it needs: it is uploaded again.
    by_stamp = {sent.stamp: sent for sent in left if sent.inode and sent.status == "indexed"}
    found = []
    for path in fresh:
        sent = by_stamp.pop(seen.files[path], None)
        if sent and sent.path != path:
            found.append((sent, path))
    for sent, path in found:
        state.put(replace(sent, path=path))
    away = {sent.path for sent, _ in found} - {path for _, path in found} - seen.files.keys()
    for path in sorted(away):
        state.drop(path)
    return [(sent.path, path) for sent, path in found]
