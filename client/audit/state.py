"""Stores what a verifier has seen, the edge of the tree, so that a rewritten history is detected later."""

import base64
import json
from pathlib import Path

from client.audit.merkle import Edge
from client.audit.note import InvalidLog
from client.audit.verifier import Verifier
from client.private_file import replace_json


def load_state(path: Path | None) -> Edge | None:
    """The last verified edge; None before the first time. `InvalidLog` if the file cannot be read."""
    if path is None or not path.exists():
        return None
    try:
        stored = json.loads(path.read_text())
        return Edge(int(stored["size"]), map(base64.b64decode, stored["edge"]))
    except (OSError, ValueError, KeyError) as error:
        raise InvalidLog(f"{path} is no state of a verifier ({error})") from error


def save_state(verifier: Verifier, path: Path) -> None:
    """Store the verified edge atomically."""
    if verifier.edge is None:
        return
    edge = [base64.b64encode(found).decode() for found in verifier.edge.hashes]
    replace_json(path, {"key": verifier.key.text, "size": verifier.edge.size, "edge": edge})
