"""Checks who calls and dispatches administrators' commands to the file of their kind."""

from types import ModuleType

from pydantic import BaseModel

from services.auth.accounts import own_keys
from services.auth.accounts.commands import api_keys, grants, offboarding, users, workspaces
from services.auth.accounts.directory import Directory
from services.auth.accounts.repository import Accounts
from services.auth.accounts.schemas import KeyFields, MembershipFields, UserFields, parse
from services.auth.admission import Admission
from services.auth.callers import Caller
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.tokens import new_key
from services.auth.errors import require
from services.auth.revocation.connections import Connections
from services.auth.rights import limit_rules, topic_rules
from services.auth.rights.bans import in_force, lift
from services.auth.rights.role_templates import Template, apply, shown
from services.auth.rights.schemas import ApplyFields, NoFields, OffboardFields, RotateFields
from shared.events import Create, Credential, Item, Items, List, Perform, Remove

KINDS: dict[str, ModuleType] = {
    "user": users, "workspace": workspaces, "grant": grants, "key": api_keys, "limit": limit_rules,
    "topic": topic_rules,
}  # fmt: skip


class AdminCommands:
    """Each takes the caller's credential, and is on record when it changed anything."""

    def __init__(
        self,
        accounts: Accounts,
        admission: Admission,
        passwords: Passwords,
        templates: dict[str, Template],
        connections: Connections | None = None,
    ) -> None:
        self._accounts, self._admission, self._passwords = accounts, admission, passwords
        self._templates, self._connections = templates, connections

    async def create(self, request: Create) -> Item:
        """What was made, with its secret if it has one."""
        mine = request.kind == "key" and request.fields.get("mine") is True
        kind = own_keys if mine else KINDS[request.kind]
        directory, caller = await self._caller(request.credential)
        kind.permit(directory, caller, None)
        fields = parse(kind.Model, request.fields)
        secret, newest = await self._secret(fields), await self._newest_question(fields)
        async with self._accounts.changing(caller.principal.id) as change:
            # Again, with the rights as they are now: hashing takes a while.
            caller = await self._admission.caller(change.directory, request.credential)
            kind.permit(change.directory, caller, fields)
            change.newest_question = newest
            return Item(fields=await kind.make(change, caller, fields, secret))

    async def _secret(self, fields: BaseModel) -> str:
        if isinstance(fields, UserFields):
            return await self._passwords.hash(fields.password.get_secret_value(), (fields.username, *fields.groups))
        return new_key()

    async def _newest_question(self, fields: BaseModel) -> int:
        """Of an earlier system of the same name nothing is connected, and no question counts, when a key is made."""
        if not isinstance(fields, KeyFields) or not fields.bus or self._connections is None:
            return 0
        await self._connections.close([f"app:{fields.name}"])
        return await self._connections.newest_question(fields.name)

    async def list(self, request: List) -> Items:
        """Those that the caller may see."""
        directory, caller = await self._caller(request.credential)
        if request.kind == "me":
            return Items(items=(Item(fields=users.me(directory, caller)),))
        if request.kind == "ban":
            return Items(items=tuple(Item(fields=ban) for ban in in_force(directory, caller)))
        if request.kind == "role":
            return Items(items=tuple(Item(fields=fields) for fields in shown(self._templates)))
        found = KINDS[request.kind].seen(directory, caller)
        found += await own_keys.seen(self._accounts, directory, caller) if request.kind == "key" else []
        return Items(items=tuple(Item(fields=fields) for fields in found))

    async def remove(self, request: Remove) -> Item:
        """What was taken away."""
        _, caller = await self._caller(request.credential)
        async with self._accounts.changing(caller.principal.id) as change:
            caller = await self._admission.caller(change.directory, request.credential)
            own = request.kind == "key" and "." in request.name
            return Item(fields=await (own_keys if own else KINDS[request.kind]).remove(change, caller, request.name))

    async def perform(self, request: Perform) -> Item:
        """Lock, unlock, offboard, rotate, apply: what came of it."""
        _, caller = await self._caller(request.credential)
        require(caller)
        async with self._accounts.changing(caller.principal.id) as change:
            caller, name = await self._admission.caller(change.directory, request.credential), request.name
            match request.act:
                case "lock":
                    found = await offboarding.lock(change, caller, name, parse(NoFields, request.fields))
                case "unlock":
                    found = await offboarding.unlock(change, caller, name, parse(NoFields, request.fields))
                case "lift":
                    found = await lift(change, name)
                case "change":
                    found = await users.alter(change, caller, name, parse(MembershipFields, request.fields))
                case "offboard":
                    found = await offboarding.offboard(change, caller, name, parse(OffboardFields, request.fields))
                case "rotate":
                    rotated = parse(RotateFields, request.fields)
                    found = await api_keys.rotate(change, caller, name, rotated, new_key())
                case "apply":
                    found = await apply(change, caller, name, parse(ApplyFields, request.fields), self._templates)
            return Item(fields=found)

    async def _caller(self, credential: Credential) -> tuple[Directory, Caller]:
        return await self._admission.present(credential)
