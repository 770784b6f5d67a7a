"""An in-memory snapshot of users, groups, workspaces, grants and keys, replaced at any change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from services.auth.rights.ban import Ban
from services.auth.rights.limits import Limit
from services.auth.rights.topics import Topic
from shared.events import Action, Principal

KEY_ACTIONS: tuple[Action, ...] = ("ask", "read")
ACTIONS: tuple[Action, ...] = ("ask", "read", "write", "manage", "summarise")
GRANTED_ALONE: tuple[Action, ...] = ("ask", "summarise")  # what an administrator may do by a grant alone
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key that a person made: `scopes` inside `workspaces`, all of theirs when empty. Seconds since 1970."""

    id: str
    label: str
    digest: str = field(repr=False)
    scopes: tuple[Action, ...]
    workspaces: frozenset[str]
    created_at: int
    expires_at: int

    def narrowed(self, allowed: frozenset[str], action: Action) -> frozenset[str]:
        """What is left of the owner's workspaces for an action."""
        if action not in self.scopes:
            return frozenset()
        return allowed & self.workspaces if self.workspaces else allowed


@dataclass(frozen=True)
class Person:
    """An account. `uid` tells it from any other that may ever bear the name; `subject` is its id in Keycloak."""

    username: str
    uid: str
    password: str = field(repr=False)
    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    subject: str = ""
    keys: tuple[OwnKey, ...] = ()

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


@dataclass(frozen=True, slots=True)
class Secret:
    """One of a key's secrets, of which the digest is kept. Times are seconds since 1970."""

    id: str
    digest: str = field(repr=False)
    created_at: int
    expires_at: int | None = None


@dataclass(frozen=True)
class App:
    """A business system: its key gives `scopes` in `workspaces`; grants may add actions there, nowhere else.

    `origins` are the pages and networks it may call from, all when empty. Messages of ASKS up to `asks_after` are
    older than the key: they are of an earlier one of the same name.
    """

    name: str
    secrets: tuple[Secret, ...]
    workspaces: frozenset[str]
    bus: bool = False
    expires_at: int | None = None
    scopes: tuple[Action, ...] = KEY_ACTIONS
    origins: tuple[str, ...] = ()
    owner: str = ""
    asks_after: int = 0
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
    """`actions` in `workspace` (`*` is all) for `to`: `group:…`, `person:…`, `role:…`, `app:…`; or denied to it."""

    id: str
    workspace: str
    to: str
    actions: tuple[Action, ...]
    deny: bool = False


@dataclass
class Directory:
    """All of it. `used_names` and `used_workspaces` are taken for ever: a name in the audit log means one thing."""

    version: int
    people: Mapping[str, Person]
    apps: Mapping[str, App]
    workspaces: Mapping[str, str]
    grants: Mapping[str, Grant]
    used_names: frozenset[str]
    used_workspaces: frozenset[str]
    ended_sessions: frozenset[str] = frozenset()
    locked: Mapping[str, Person] = field(default_factory=dict)
    limits: Mapping[str, Limit] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    bans: Mapping[str, Ban] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_digest = {secret.digest: (app, secret) for app in self.apps.values() for secret in app.secrets}
        self.by_own_key = {key.digest: (person, key) for person in self.people.values() for key in person.keys}
        self.by_subject = {person.subject: person for person in self.people.values() if person.subject}
        self._known: dict[tuple[str, Action], frozenset[str]] = {}
        self._named: dict[tuple[bool, str, Action], dict[str, list[Grant]]] = {}
        for grant in self.grants.values():
            for action in dict.fromkeys(grant.actions):
                named = self._named.setdefault((grant.deny, grant.to, action), {})
                named.setdefault(grant.workspace, []).append(grant)

    @cached_property
    def everybody(self) -> Mapping[str, Person]:
        """All people by name, those that are locked too."""
        return {**self.people, **self.locked}

    def find(self, principal: str) -> Person | App | None:
        """Whoever bears this id and may sign in."""
        kind, _, name = principal.partition(":")
        return self.apps.get(name) if kind == "app" else self.people.get(name)

    def allowed(self, who: Person | App, action: Action) -> frozenset[str]:
        """The workspaces in which they may; what is denied to any of their names they may not."""
        place = (who.principal.id, action)
        if place not in self._known:
            self._known[place] = self._allow(who, action)
        return self._known[place]

    def giving(self, who: Person | App, action: Action, workspaces: Iterable[str]) -> Iterator[Grant]:
        """The grants by which they may there, those for every workspace first."""
        for holder in who.holders:
            named = self._named.get((False, holder, action), {})
            for workspace in (EVERYWHERE, *workspaces) if named else ():
                yield from named.get(workspace, ())

    def _allow(self, who: Person | App, action: Action) -> frozenset[str]:
        given, denied = self._in(False, who.holders, action), self._in(True, who.holders, action)
        if isinstance(who, App):
            mine = self._existing(who.workspaces)
            return ((mine if action in who.scopes else given) & mine) - denied
        if "admin" in who.roles and action not in GRANTED_ALONE:
            # Somebody must be able to take back a denial: managing is never denied to an administrator.
            return self._existing({EVERYWHERE}) - (frozenset() if action == "manage" else denied)
        return given - denied

    def _in(self, deny: bool, holders: Iterable[str], action: Action) -> frozenset[str]:
        return self._existing(set().union(*(self._named.get((deny, holder, action), ()) for holder in holders)))

    def _existing(self, named: Iterable[str]) -> frozenset[str]:
        names = frozenset(named)
        everywhere = frozenset(self.workspaces)
        return everywhere if EVERYWHERE in names else names & everywhere
