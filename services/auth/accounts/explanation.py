"""Explains which names and grants decide what somebody may do in a workspace."""

from functools import cached_property
from typing import get_args

from services.auth.accounts.directory import ACTIONS, EVERYWHERE, App, Directory, Person
from services.auth.accounts.repository import Accounts
from services.auth.accounts.schemas import Role
from services.auth.admission import Admission
from services.auth.callers import Caller, alive
from services.auth.errors import workspace_not_found
from services.auth.rights.decision import decisions, locked
from shared.errors import Refused
from shared.events import Action, Explain, Explained, GivenBy, Principal, Recognise, Unknown

WATCHERS = {"auditor", "admin"}
OTHERS = "What others may is told to those who manage {0!r} and to auditors. Ask one of them, or ask about yourself."


class Members(Person):
    """Whoever is of a group or has a role, and is nothing else; `username` is `group:…` or `role:…`."""

    @cached_property
    def principal(self) -> Principal:
        return Principal(id=self.username, name=self.username)

    @cached_property
    def holders(self) -> tuple[str, ...]:
        return (self.username,)


class AccessExplainer:
    """Answers about people and business systems, to those who may know."""

    def __init__(self, accounts: Accounts, admission: Admission) -> None:
        self._accounts, self._admission = accounts, admission

    async def explain(self, request: Explain) -> Explained:
        """Oneself; others for the workspace's managers and for auditors."""
        directory, caller = await self._admission.present(request.credential)
        wanted = request.principal or caller.principal.id
        if wanted != caller.principal.id and not _may_ask(directory, caller, request.workspace):
            raise Refused("forbidden", OTHERS.format(request.workspace), 403)
        if found := _find(directory, wanted):
            return _explained(directory, found, request.workspace)
        shut = directory.locked.get(wanted.partition(":")[2]) if wanted.startswith("person:") else None
        return Explained(principal=wanted, exists=False, decisions=locked(shut) if shut else ())

    async def recognise(self, request: Recognise) -> Unknown:
        """Names of nobody, among those that a list is to hold."""
        directory, caller = await self._admission.present(request.credential)
        if request.workspace is None:
            people = {f"person:{name}" for name in directory.people}
            return Unknown(names=tuple(name for name in request.names if name not in people))
        if not {request.workspace} & (caller.allowed(directory, "write") | caller.allowed(directory, "manage")):
            raise workspace_not_found()
        known = {f"group:{name}" for name in _groups(directory)} | {f"person:{name}" for name in directory.people}
        known |= {f"app:{name}" for name in directory.apps}
        unknown = [name for name in request.names if name not in known and not name.startswith("role:")]
        return Unknown(names=tuple(unknown))


def _may_ask(directory: Directory, caller: Caller, workspace: str) -> bool:
    return workspace in caller.allowed(directory, "manage") or bool(WATCHERS & set(caller.roles))


def _groups(directory: Directory) -> set[str]:
    return {group for person in directory.people.values() for group in person.groups}


def _find(directory: Directory, principal: str) -> Person | App | None:
    kind, _, name = principal.partition(":")
    if kind == "app":
        return alive(directory.apps.get(name))
    if kind == "group" and (
        name in _groups(directory) or any(one.to == principal for one in directory.grants.values())
    ):
        return Members(principal, "", "", groups=(name,))
    if kind == "role" and name in get_args(Role):
        return Members(principal, "", "", roles=(name,))
    return directory.people.get(name) if kind == "person" else None


def _explained(directory: Directory, who: Person | App, workspace: str) -> Explained:
    every = sorted(directory.grants.values(), key=lambda grant: (grant.to, grant.id))
    named = [grant for grant in every if grant.workspace in (workspace, EVERYWHERE) and grant.to in who.holders]
    given, denied = (
        tuple(GivenBy(grant_id=one.id, to=one.to, actions=one.actions) for one in named if one.deny == deny)
        for deny in (False, True)
    )
    may: tuple[Action, ...] = tuple(action for action in ACTIONS if workspace in directory.allowed(who, action))
    about = {"principal": who.principal.id, "holders": who.holders, "grants": given, "denied": denied, "actions": may}
    return Explained(exists=True, decisions=decisions(directory, who, workspace), **about)
