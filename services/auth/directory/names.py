"""Maps Keycloak's users and groups to names. A name that was given keeps its owner."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.auth.directory.keycloak_directory import Account
from shared.security.acl import GROUP

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
Groups = Mapping[str, tuple[str, str]]


@dataclass
class GroupNames:
    """`bound` are the names by Keycloak's ids; `problems` say what an administrator should look at."""

    bound: dict[str, str]
    problems: list[str] = field(default_factory=list)

    def bind(self, groups: Groups) -> None:
        """Give each group its name. What Keycloak renames keeps the name that grants and lists know it by."""
        self.problems.clear()
        for gone in self.bound.keys() - groups.keys():
            del self.bound[gone]
        taken = {name: group for group, name in self.bound.items()}
        for group, (path, _) in sorted(groups.items(), key=lambda each: each[1][0]):
            name = self.bound.get(group)
            if name is None and path in taken:
                self.problems.append(_second(path, groups[taken[path]][0]))
            elif name is None and not re.fullmatch(GROUP, path):
                self.problems.append(
                    f"The group {path[:80]!r} has a name that grants cannot hold. Rename it in Keycloak."
                )
            elif name is None:
                self.bound[group] = path
                taken[path] = group
            elif name != path:
                self.problems.append(_renamed(name, path))

    def of(self, account: Account, groups: Groups) -> tuple[str, ...]:
        """The names of the groups that the account is in, each with those above it, outermost first."""
        found: dict[str, None] = {}
        for group in account.groups:
            chain = []
            while group in groups:
                chain.append(group)
                group = groups[group][1]
            found |= dict.fromkeys(self.bound[each] for each in reversed(chain) if each in self.bound)
        return tuple(found)


def _renamed(name: str, path: str) -> str:
    words = (
        f"The group {name!r} is called {path!r} in Keycloak now. Cloister goes on to call it {name!r}, as grants do."
    )
    return f"{words} Rename it back, or make a new group and give that the grants."


def _second(path: str, other: str) -> str:
    words = f"Keycloak has a new group {path!r}, a name that Cloister knows {other!r} by."
    return f"{words} It gives no rights until one of them is renamed back."


def unusable(username: str) -> str:
    """Why a name cannot be one of Cloister's, or nothing."""
    if USERNAME.fullmatch(username):
        return ""
    words = f"The user {username[:80]!r} has a name that Cloister cannot use, and stays outside."
    return f"{words} Use a-z, 0-9, `.`, `_` and `-`, 63 at most."
