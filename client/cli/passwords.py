"""Passwords of this machine's first people: the administrator's, and those made for the sample company."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from client.cli.credentials import home
from client.private_file import replace_json
from client.sdk.errors import Refused


def administrator() -> str:
    """CLOISTER_ADMIN_PASSWORD, its file, or what the first start left in the home."""
    if given := os.environ.get("CLOISTER_ADMIN_PASSWORD", ""):
        return given
    path = Path(os.environ.get("CLOISTER_ADMIN_PASSWORD_FILE") or home() / "admin-password")
    try:
        return path.read_text().strip()
    except OSError as error:
        words = f"The password of `admin` is not in {path}. Set CLOISTER_ADMIN_PASSWORD, and load it again."
        raise Refused("unauthenticated", words, 401) from error


def path() -> Path:
    """Where the sample people's are kept, readable by their owner alone."""
    return home() / "sample-passwords.json"


def kept() -> dict[str, str]:
    """By name; empty before the first."""
    try:
        found: dict[str, str] = json.loads(path().read_text())
    except FileNotFoundError:
        return {}
    return found


@contextmanager
def made(name: str) -> Iterator[str]:
    """A password, kept before it is used, forgotten when the name is taken: after other failures it may be in use."""
    before = kept()
    password = before.get(name) or secrets.token_urlsafe(9)
    replace_json(path(), before | {name: password})
    try:
        yield password
    except Refused as refused:
        if refused.status == 409:
            replace_json(path(), before)
        raise
