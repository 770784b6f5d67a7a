"""What an outside subscriber remembers: the edge of the tree, so that no other history can be told later."""

import base64
import json
from pathlib import Path

from client.audit.merkle import Edge
from client.audit.note import Broken
from client.audit.verifier import Verifier
from client.private_file import replace_json


def kept_state(path: Path | None) -> Edge | None:
    """The edge that was verified last; None before the first time. `Broken` when the file cannot be read."""
    if path is None or not path.exists():
        return None
    try:
        kept = json.loads(path.read_text())
        return Edge(int(kept["size"]), map(base64.b64decode, kept["edge"]))
    except (OSError, ValueError, KeyError) as error:
        raise Broken(f"{path} is no state of a verifier ({error})") from error


def state_of(verifier: Verifier, path: Path) -> None:
    """Remember what is verified, whole or not at all."""
    if verifier.edge is None:
        return
    edge = [base64.b64encode(found).decode() for found in verifier.edge.hashes]
    replace_json(path, {"key": verifier.key.text, "size": verifier.edge.size, "edge": edge})
