"""Passwords of the administrator and of the sample company's users, as stored in the home."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from client.cli import credentials
from client.cli.credentials import home
from client.private_file import replace_json
from client.sdk.errors import Refused


def admin_password() -> str:
    """From CLOISTER_ADMIN_PASSWORD, its file, or the file that the first start wrote to the home."""
    if found := credentials.admin_password():
        return found
    path = credentials.admin_password_file()
    words = f"The password of `admin` is not in {path}. Set CLOISTER_ADMIN_PASSWORD, and run this again."
    raise Refused("unauthenticated", words, 401)


def passwords_file() -> Path:
    """The file of the sample users' passwords (mode 0600)."""
    return home() / "sample-passwords.json"


def stored() -> dict[str, str]:
    """Passwords by user name; empty at first."""
    try:
        found: dict[str, str] = json.loads(passwords_file().read_text())
    except FileNotFoundError:
        return {}
    return found


@contextmanager
def created(name: str) -> Iterator[str]:
    """A password, stored before it is used, and forgotten if the user exists; after other failures it may be in use."""
    before = stored()
    password = before.get(name) or secrets.token_urlsafe(9)
    replace_json(passwords_file(), before | {name: password})
    try:
        yield password
    except Refused as refused:
        if refused.status == 409:
            replace_json(passwords_file(), before)
        raise
