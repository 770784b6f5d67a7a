"""Refusals of auth."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from shared.errors import Refused

NAMED = 3  # workspaces in a refusal


class Roles(Protocol):
    """Whoever has roles."""

    @property
    def roles(self) -> tuple[str, ...]: ...


def workspace_not_found() -> Refused:
    """The same words for one that does not exist and for one that is not theirs."""
    words = "There is no such workspace among yours. See GET /api/workspaces for those you may use."
    return Refused("workspace_not_found", words, 404)


def not_granted(action: str, workspaces: Sequence[str], granted: Sequence[str]) -> Refused:
    """For a workspace that they know: what they may do there is said, and what they may not."""
    words = f"You may not {action} in {', '.join(workspaces[:NAMED])}. You may {', '.join(granted)}."
    return Refused("not_granted", f"{words} Ask an administrator for the right.", 403)


def unauthenticated() -> Refused:
    """The same words for a wrong, an expired and a withdrawn credential."""
    words = "The token or key is not valid, or no longer. Sign in again, or ask for a new key."
    return Refused("unauthenticated", words, 401)


def forbidden() -> Refused:
    return Refused("forbidden", "This takes an administrator. Ask one to do it, or to give you the right.", 403)


def scope_missing(action: str, scopes: Iterable[str]) -> Refused:
    """Instead of an empty list, which would say that there is nothing to find."""
    words = f"This key may not {action}: it was made for {', '.join(scopes)} alone. Make a key with {action} among its"
    return Refused("scope_missing", f"{words} scopes, or ask whoever made this one.", 403)


def not_found(kind: str) -> Refused:
    return Refused("not_found", f"There is no such {kind}. See GET /api/{kind}s for those there are.", 404)


def exists(kind: str, name: str) -> Refused:
    """Also for one that was taken away: its name stays with it."""
    return Refused("exists", f"The {kind} name '{name}' is taken, if only by a removed one. Choose another.", 409)


def require(caller: Roles) -> None:
    """Administrators alone."""
    if "admin" not in caller.roles:
        raise forbidden()
