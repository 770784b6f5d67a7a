"""A workspace that is not there: who asks for it again and again is kept out for a time, in the tests' company."""

from client import Http
from tests.support.company import raw

VAULT = "vault"
TRIES = 4
VAULT_RULE = f"""
[[rule]]
name = "vault"
why = "the vault is tried"
subject = "access.denied."
where = {{ workspace = "{VAULT}" }}
window = "1m"
above = {TRIES - 1}
act = "ban"
ban = "10m"
"""


def try_the_vault(who: Http) -> None:
    """As often as the rule notices."""
    for _ in range(TRIES):
        raw(who, "POST", "/api/search", json={"question": "pay", "workspaces": [VAULT]})
