"""Who is who and who may do what, as of one version: kept in memory, replaced whole at any change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from shared.events import Action, Principal

KEY_ACTIONS: tuple[Action, ...] = ("ask", "read")
ACTIONS: tuple[Action, ...] = ("ask", "read", "write", "manage")


@dataclass(frozen=True)
class Person:
    """An account. `uid` tells it from any other that may ever bear the name; `subject` is its id in Keycloak."""

    username: str
    uid: str
    password: str = field(repr=False)
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    subject: str = ""

    @property
    def name(self) -> str:
        return self.username

    @cached_property
    def principal(self) -> Principal:
        department = self.groups[0] if self.groups else ""
        return Principal(id=f"person:{self.username}", name=self.username, department=department, roles=self.roles)

    @cached_property
    def holders(self) -> tuple[str, ...]:
        """As whom grants may name them."""
        groups, roles = (f"group:{name}" for name in self.groups), (f"role:{name}" for name in self.roles)
        return (f"person:{self.username}", *groups, *roles)


@dataclass(frozen=True)
class App:
    """A business system: its key gives `ask` and `read` in `workspaces`; grants may add actions there, nowhere else."""

    name: str
    digest: str = field(repr=False)
    workspaces: frozenset[str]
    bus: bool = False
    expires_at: int | None = None
    roles: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    @cached_property
    def principal(self) -> Principal:
        return Principal(id=f"app:{self.name}", name=self.name)

    @property
    def holders(self) -> tuple[str, ...]:
        return (f"app:{self.name}",)


@dataclass(frozen=True, slots=True)
class Grant:
    """`actions` in `workspace` for `to`: `group:…`, `person:…`, `role:…` or `app:…`."""

    id: str
    workspace: str
    to: str
    actions: tuple[Action, ...]


@dataclass
class Directory:
    """All of it. `used_names` and `used_workspaces` are taken for ever: a name in the trail means one thing."""

    version: int
    people: Mapping[str, Person]
    apps: Mapping[str, App]
    workspaces: Mapping[str, str]
    grants: Mapping[str, Grant]
    used_names: frozenset[str]
    used_workspaces: frozenset[str]
    ended_sessions: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.by_digest = {app.digest: app for app in self.apps.values()}
        self.by_subject = {person.subject: person for person in self.people.values() if person.subject}
        self._known: dict[tuple[str, Action], frozenset[str]] = {}
        self._granted: dict[tuple[str, Action], set[str]] = {}
        for grant in self.grants.values():
            for action in grant.actions:
                self._granted.setdefault((grant.to, action), set()).add(grant.workspace)

    def allowed(self, who: Person | App, action: Action) -> frozenset[str]:
        """The workspaces in which they may. An administrator may do anything anywhere but ask: that takes a grant."""
        place = (who.principal.id, action)
        if place not in self._known:
            self._known[place] = self._allow(who, action)
        return self._known[place]

    def _allow(self, who: Person | App, action: Action) -> frozenset[str]:
        everywhere = frozenset(self.workspaces)
        if isinstance(who, App):
            given = who.workspaces if action in KEY_ACTIONS else self._given(who.holders, action)
            return given & who.workspaces & everywhere
        if "admin" in who.roles and action != "ask":
            return everywhere
        return self._given(who.holders, action) & everywhere

    def _given(self, holders: Iterable[str], action: Action) -> frozenset[str]:
        return frozenset().union(*(self._granted.get((holder, action), ()) for holder in holders))
