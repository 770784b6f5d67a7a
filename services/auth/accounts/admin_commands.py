"""Create, list and remove: who calls, whether they may, and then the kind's own file."""

from types import ModuleType

from pydantic import BaseModel

from services.auth.accounts import api_keys, grants, users, workspaces
from services.auth.accounts.directory import Directory
from services.auth.accounts.repository import Accounts
from services.auth.accounts.schemas import UserFields, parse
from services.auth.admission import Admission, Caller
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.tokens import new_key
from shared.events import Create, Credential, Item, Items, List, Remove

KINDS: dict[str, ModuleType] = {"user": users, "workspace": workspaces, "grant": grants, "key": api_keys}


class Acts:
    """Each takes the caller's credential, and is on record when it changed anything."""

    def __init__(self, accounts: Accounts, admission: Admission, passwords: Passwords) -> None:
        self._accounts, self._admission, self._passwords = accounts, admission, passwords

    async def create(self, request: Create) -> Item:
        """What was made, with its secret if it has one."""
        kind = KINDS[request.kind]
        directory, caller = await self._caller(request.credential)
        kind.permit(directory, caller, None)
        fields = parse(kind.Model, request.fields)
        secret = await self._secret(fields)
        async with self._accounts.changing(caller.principal.id) as change:
            # Again, with the rights as they are now: hashing takes a while.
            caller = await self._admission.caller(change.directory, request.credential)
            kind.permit(change.directory, caller, fields)
            return Item(fields=await kind.make(change, caller, fields, secret))

    async def _secret(self, fields: BaseModel) -> str:
        if isinstance(fields, UserFields):
            return await self._passwords.hash(fields.password.get_secret_value(), (fields.username, *fields.groups))
        return new_key()

    async def list(self, request: List) -> Items:
        """Those that the caller may see."""
        directory, caller = await self._caller(request.credential)
        if request.kind == "me":
            return Items(items=(Item(fields=users.me(directory, caller)),))
        return Items(items=tuple(Item(fields=fields) for fields in KINDS[request.kind].seen(directory, caller)))

    async def remove(self, request: Remove) -> Item:
        """What was taken away."""
        _, caller = await self._caller(request.credential)
        async with self._accounts.changing(caller.principal.id) as change:
            caller = await self._admission.caller(change.directory, request.credential)
            return Item(fields=await KINDS[request.kind].remove(change, caller, request.name))

    async def _caller(self, credential: Credential) -> tuple[Directory, Caller]:
        return await self._admission.present(credential)
