"""Encrypts stored tokens."""

import json
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from shared.errors import NotReady


class Sealer:
    """With the key in `<keys>/sessions.key`."""

    def __init__(self, path: Path) -> None:
        try:
            self._key = Fernet(path.read_bytes().strip())
        except (OSError, ValueError) as error:
            words = f"The key {path} cannot be used ({error}). Run `python -m infra.nats`, which makes it."
            raise NotReady(words) from error

    def seal(self, content: dict[str, Any]) -> str:
        return self._key.encrypt(json.dumps(content).encode()).decode()

    def unseal(self, text: str, seconds: int | None = None) -> dict[str, Any] | None:
        """What was sealed, at most `seconds` ago; None for anything else."""
        try:
            found: dict[str, Any] = json.loads(self._key.decrypt(text.encode(), ttl=seconds))
        except (InvalidToken, ValueError):
            return None
        return found
