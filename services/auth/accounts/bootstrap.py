"""Creates the first administrator."""

import logging
import os
import secrets
from pathlib import Path

from services.auth.accounts.repository import Accounts
from services.auth.accounts.user_rows import insert
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.strength import REMEDY, weakness
from shared.errors import NotReady

log = logging.getLogger(__name__)
ADMIN = "admin"


async def make_admin(accounts: Accounts, passwords: Passwords, given: str, home: Path) -> None:
    """The user `admin`, unless there has ever been a user. Without a password one is made and kept in the home."""
    if (await accounts.current()).used_names:
        return
    if given and (why := weakness(given, [ADMIN])):
        raise NotReady(f"CLOISTER_ADMIN_PASSWORD is set wrongly. {why} {REMEDY} Or unset it: then one is made.")
    stored = await passwords.hash(given or _made(home))
    async with accounts.changing("auth") as change:
        if not change.directory.used_names:
            await insert(change, ADMIN, stored, [], ["admin"])


def _made(home: Path) -> str:
    password, path = secrets.token_urlsafe(12), home / "admin-password"
    # Again the first start when the one before ended between file and commit: the file is then written anew.
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")
    log.warning("the user `%s` was made; its password is in %s, which only its owner may read", ADMIN, path)
    return password
