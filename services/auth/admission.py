"""Decides what a caller may do and signs the capability."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import NoReturn

from services.auth.accounts.directory import Directory
from services.auth.accounts.repository import Accounts
from services.auth.callers import Caller, Callers
from services.auth.credentials.key_uses import KeyUses
from services.auth.errors import not_granted, scope_missing, workspace_not_found
from services.auth.rights.quota import Quota
from shared.errors import Refused
from shared.events import AccessDenied, Action, Admit, AdmitOwner, Admitted, Credential, TopicRule
from shared.security.capability import Right, sign
from shared.security.keyring import SigningKey

GRANTS = 20
GIVEN: tuple[Action, ...] = ("ask", "read", "write")
LONGEST = timedelta(days=1, minutes=1)


class Admission:
    """Decides on credentials, and signs the rights that follow from them."""

    def __init__(self, accounts: Accounts, callers: Callers, key: SigningKey, quota: Quota) -> None:
        self._accounts, self._callers, self._key, self._quota = accounts, callers, key, quota
        self._noted = KeyUses()

    async def admit(self, request: Admit) -> Admitted:
        """The capability for one query; `Refused` when there is nothing to give."""
        return await self._admitted(request, *await self.present(request.credential, request.on_behalf_of))

    async def admit_owner(self, request: AdmitOwner) -> Admitted:
        """The same for the owner of a schedule, by the rights they have now; it counts towards their limits."""
        directory = await self._accounts.current()
        wanted = Admit(
            query=request.query,
            credential=Credential(),
            workspace=request.workspace,
            counted=True,
            expires_at=request.expires_at,
        )
        return await self._admitted(wanted, directory, self._callers.owner(directory, request.owner))

    async def _admitted(self, request: Admit, directory: Directory, caller: Caller) -> Admitted:
        try:
            workspaces = self._workspaces(directory, caller, request)
        except Refused as refused:
            await self._accounts.attempted(_denied(caller, request, refused))
            raise
        asking = (caller.who, caller.through) if caller.through else (caller.who,)
        allowance = await self._quota.spend(directory, asking) if request.counted else None
        summarised = caller.summarised(directory) & set(workspaces) if request.action == "ask" else frozenset[str]()
        right = Right(
            principal=caller.principal,
            workspaces=workspaces,
            actions=(request.action,),
            query=request.query,
            holders=caller.who.holders,
            through=caller.through.holders if caller.through else (),
            managed=_also("manage", directory, caller, request.action, workspaces),
            written=_also("write", directory, caller, request.action, workspaces),
            summarised=tuple(sorted(summarised)),
            epoch=directory.version,
            credential=caller.credential,
            grants=_deciding(directory, caller, request, workspaces),
            expires_at=_until(request.expires_at, caller),
        )
        kept = right.model_dump(include={"workspaces", "summarised", "expires_at"})
        return Admitted(
            capability=sign(right, self._key.key),
            principal=right.principal,
            topics=_topics(directory, caller),
            allowance=allowance,
            **kept,
        )

    def _workspaces(self, directory: Directory, caller: Caller, request: Admit) -> tuple[str, ...]:
        allowed = caller.allowed(directory, request.action)
        if request.action == "ask":
            allowed = allowed | caller.summarised(directory)
        if request.counted and not allowed and (lacking := caller.keys_without(request.action)):
            raise scope_missing(request.action, lacking[0].scopes)
        named = frozenset(name for name in (request.workspace, *request.workspaces) if name is not None)
        if not named <= allowed:
            _refuse(directory, caller, request.action, named - allowed)
        return tuple(sorted(named or allowed))

    async def present(self, credential: Credential, on_behalf_of: str = "") -> tuple[Directory, Caller]:
        """Who it is, as of now."""
        directory, caller = await self._callers.present(self._accounts, credential, on_behalf_of)
        if caller.key:
            await self._noted.use(self._accounts, caller.key)
        return directory, caller

    async def caller(self, directory: Directory, credential: Credential, on_behalf_of: str = "") -> Caller:
        """Who it is; `Refused` (401, 403) when it proves nobody, or somebody other than it claims."""
        return await self._callers.caller(directory, credential, on_behalf_of)


def _refuse(directory: Directory, caller: Caller, action: Action, named: frozenset[str]) -> NoReturn:
    """Whoever may do something else in the workspaces hears what they lack; to others they are not there."""
    granted = [other for other in GIVEN if named <= caller.allowed(directory, other)]
    raise not_granted(action, sorted(named), granted) if granted else workspace_not_found()


def _deciding(directory: Directory, caller: Caller, request: Admit, workspaces: tuple[str, ...]) -> tuple[str, ...]:
    """The grants behind a question, for its record; the first ones, should they be many."""
    if request.action != "ask":
        return ()
    return tuple(grant.id for grant in islice(directory.giving(caller.who, "ask", workspaces), GRANTS))


def _denied(caller: Caller, request: Admit, refused: Refused) -> AccessDenied:
    named = request.workspace or ", ".join(request.workspaces)
    return AccessDenied(who=caller.principal.id, workspace=named[:200], action=request.action, reason=refused.reason)


def _also(
    also: Action, directory: Directory, caller: Caller, action: Action, workspaces: tuple[str, ...]
) -> tuple[str, ...]:
    """Questions travel far and are asked by all alike: only other requests know where one may write or manage."""
    allowed = caller.allowed(directory, also) if action != "ask" else frozenset[str]()
    return tuple(name for name in workspaces if name in allowed)


def _topics(directory: Directory, caller: Caller) -> tuple[TopicRule, ...]:
    found = (directory.topics.get(group) for group in caller.who.groups)
    return tuple(TopicRule(allow=topic.allow, deny=topic.deny) for topic in found if topic)


def _until(wanted: datetime, caller: Caller) -> datetime:
    now = datetime.now(UTC)
    if wanted <= now:
        raise Refused("expired", "The time for this call has run out already. Check the clocks, and ask again.", 408)
    ends = datetime.fromtimestamp(caller.ends, UTC) if caller.ends else wanted
    return min(wanted, now + LONGEST, ends)
