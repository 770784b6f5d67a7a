"""Callers, admission, and administrators' requests."""

from typing import Any, Literal

from pydantic import Field

from shared.events.message import Event, Model, Request
from shared.events.moment import Moment

Action = Literal["ask", "read", "write", "manage", "summarise"]
Kind = Literal["user", "workspace", "grant", "key", "limit", "topic"]
Act = Literal["lock", "unlock", "lift", "change", "offboard", "rotate", "apply"]


class Principal(Model):
    """Who: `person:alice` or `app:crm`. `department` is the first group, for a fair queue."""

    id: str
    name: str
    department: str = ""
    roles: tuple[str, ...] = ()


class Credential(Model):
    """What a caller proves itself with: a bearer token or API key, or the name the bus itself has checked.

    `sequence` is the place in ASKS of a message that came over the bus; `origin` and `address` say where a call of
    HTTP came from: the page's origin, if a browser sent one, and the peer. `speaks_for` and `on_behalf_of` are whom a
    front end names beside its own key: a name or an address, or that person's token.
    """

    token: str = Field(default="", repr=False)
    user_id: str = ""
    client: str = ""
    sequence: int = 0
    origin: str = ""
    address: str = ""
    speaks_for: str = ""
    on_behalf_of: str = Field(default="", repr=False)


class TopicRule(Model):
    """A question must have one of the words of `allow`, if there are any, and none of `deny`."""

    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()


class Allowance(Model):
    """The questions of a day: how many there are, how many are left, and when the next day begins."""

    daily: int
    left: int
    renewed_at: Moment


class Admitted(Model):
    """Who it is, the workspaces they may act in, and the signed right to do so until `expires_at`.

    Of `summarised` workspaces they may have summaries alone; `topics` are the rules of their groups. `allowance` is
    there after a question that counts, for those who have a limit.
    """

    principal: Principal
    workspaces: tuple[str, ...]
    summarised: tuple[str, ...] = ()
    topics: tuple[TopicRule, ...] = ()
    allowance: Allowance | None = None
    capability: str = Field(repr=False)
    expires_at: Moment


class Admit(Request[Admitted], subject="auth.admit.v1"):
    """May this credential do `action` in `workspace` and all `workspaces`, or, if none is named, wherever it may?

    The capability is bound to `query`. A question that is `counted` counts towards daily limits, and is refused
    outside of opening hours.
    """

    query: str
    credential: Credential
    on_behalf_of: str = Field(default="", repr=False)
    workspace: str | None = None
    workspaces: tuple[str, ...] = ()
    action: Action = "ask"
    counted: bool = False
    expires_at: Moment


class AdmitOwner(Request[Admitted], subject="auth.admit_owner.v1"):
    """The right to ask for whoever set up a schedule (`person:alice`, `app:crm`), as it is now.

    Only connectors may ask for it: no credential proves it, the schedule's own row does.
    """

    query: str
    owner: str
    workspace: str | None = None
    expires_at: Moment


class PersonToken(Model):
    """A JWT signed with auth's key: `aud` is the server, `sub` who asks, `act` the system that asks for them."""

    token: str = Field(repr=False)


class TellServer(Request[PersonToken], subject="auth.tell_server.v1"):
    """A token that tells the server at this address who asks; it is good for nothing else, and for a minute."""

    query: str
    capability: str = Field(repr=False)
    server: str


class SignedIn(Model):
    """A token for `Authorization: Bearer`; `expires_in` seconds."""

    access_token: str = Field(repr=False)
    token_type: str = "bearer"  # noqa: S105
    expires_in: int


class SignIn(Request[SignedIn], subject="auth.sign_in.v1"):
    """A local account's name and password, typed at the address `source`."""

    username: str
    password: str = Field(repr=False)
    source: str = ""


class Item(Model):
    """One user, workspace, grant or key as the caller may see it; `fields` as DESIGN §7 names them."""

    fields: dict[str, Any]


class Items(Model):
    """A list of them."""

    items: tuple[Item, ...]


class Create(Request[Item], subject="auth.create.v1"):
    """Make a user, workspace, grant or key; `fields` are checked by auth against the kind's own model."""

    credential: Credential
    kind: Kind
    fields: dict[str, Any] = Field(repr=False)


class List(Request[Items], subject="auth.list.v1"):
    """All of a kind that the caller may see. `me` lists the caller alone."""

    credential: Credential
    kind: Kind | Literal["me", "role", "ban"]


class Remove(Request[Item], subject="auth.remove.v1"):
    """Take one away by its name or id."""

    credential: Credential
    kind: Kind
    name: str


class Perform(Request[Item], subject="auth.perform.v1"):
    """Act on one by its name: lock, unlock, change or offboard a user, rotate a key's secret, apply a role."""

    credential: Credential
    act: Act
    name: str
    fields: dict[str, Any] = Field(default_factory=dict, repr=False)


class AccessChanged(Event, subject="access.changed.v1"):
    """An administrator's act: who did what to what."""

    actor: str
    act: str
    target: str
    detail: dict[str, Any] = Field(default_factory=dict)


class UnknownNameTried(Event, subject="access.unknown_name.v1"):
    """A bus login from the address `source` under a name that nobody has. What was typed is kept nowhere."""

    who: str = "unknown"
    source: str = ""


class OutdatedCapabilityUsed(Event, subject="access.outdated.v1"):
    """A step came with a capability older than the loss of a right that it covers: late, and nobody's attack."""

    service: str
    about: str
    principal: str = ""

    def identity(self) -> str | None:
        return f"{self.subject}:{self.service}:{self.about}"


class AccessAttempted(Event, subject="access.attempted.v1"):
    """A sign-in from the address `source`, with its outcome."""

    who: str
    outcome: Literal["signed_in", "refused"]
    reason: str = ""
    source: str = ""


class AccessDenied(Event, subject="access.denied.v1"):
    """Somebody who is signed in tried to act where they may not."""

    who: str
    workspace: str
    action: Action
    reason: str
