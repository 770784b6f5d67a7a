"""Password changes and sign-outs of local accounts."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, update

from services.auth import tables
from services.auth.accounts.commands.users import found
from services.auth.accounts.directory import Directory, Person
from services.auth.accounts.repository import AccountChange, Accounts
from services.auth.admission import Admission
from services.auth.callers import Caller
from services.auth.credentials.login import SignIns
from services.auth.credentials.passwords import Passwords
from services.auth.credentials.tokens import Login, Tokens
from services.auth.errors import require
from shared.errors import Refused
from shared.events import PasswordSet, SessionHolder, SessionsOf, SetPassword, SignedOut, SignOut
from shared.sql.utc import moment

NOT_A_PERSON = ("forbidden", "This takes a person who is signed in. A key is taken away, and another made.", 403)
ELSEWHERE = ("not_local", "{0} signs in with the company's account. Change the password there.", 409)


class OwnAccount:
    """Every act is on record, and ends the tokens of before at once."""

    def __init__(
        self, accounts: Accounts, admission: Admission, sign_ins: SignIns, passwords: Passwords, tokens: Tokens
    ) -> None:
        self._accounts, self._admission, self._sign_ins = accounts, admission, sign_ins
        self._passwords, self._tokens = passwords, tokens

    async def set_password(self, request: SetPassword) -> PasswordSet:
        """One's own with the current one; another's as an administrator. All earlier tokens are over."""
        directory, caller = await self._admission.present(request.credential)
        person = _local(_whom(directory, caller, request.username))
        own = person.principal.id == caller.principal.id
        if own:
            await self._sign_ins.person(person.username, request.current, request.source)
        stored = await self._passwords.hash(request.password, (person.username, *person.groups))
        async with self._accounts.changing(caller.principal.id) as change:
            caller = await self._admission.caller(change.directory, request.credential)
            person = _local(_whom(change.directory, caller, request.username))
            await _end_all(change, person, password=stored)
            await change.record("password.set", person.principal.id)
        renewed = (await self._accounts.current()).people.get(person.username)
        if not own or renewed is None:
            return PasswordSet(username=person.username)
        token = self._tokens.sign(renewed)
        return PasswordSet(username=person.username, access_token=token, expires_in=self._tokens.seconds)

    async def sign_out(self, request: SignOut) -> SignedOut:
        """The token of this call; everywhere: all that the account's password was good for."""
        _, caller = await self._admission.present(request.credential)
        async with self._accounts.changing(caller.principal.id) as change:
            caller = await self._admission.caller(change.directory, request.credential)
            person = _local(_whom(change.directory, caller, request.username))
            if request.everywhere:
                await _end_all(change, person)
                await change.record("signed_out.everywhere", person.principal.id)
            elif login := self._login(person, request):
                await _end(change, login)
                await change.record("signed_out", person.principal.id)
        return SignedOut(username=person.username)

    async def sessions_of(self, request: SessionsOf) -> SessionHolder:
        """Whose they are, for who may see and end them."""
        directory, caller = await self._admission.present(request.credential)
        person = _whom(directory, caller, request.username)
        return SessionHolder(principal=person.principal.id, company=bool(person.subject), by=caller.principal.id)

    def _login(self, person: Person, request: SignOut) -> Login | None:
        login = self._tokens.login(request.token or request.credential.token)
        return login if login and login.username == person.username else None


def _whom(directory: Directory, caller: Caller, username: str) -> Person:
    """The caller, or whom an administrator names."""
    if caller.signed_in is None:
        raise Refused(*NOT_A_PERSON)
    if username in ("", caller.signed_in.username):
        person = caller.signed_in
    else:
        require(caller)
        person = found(directory, username)
    return person


def _local(person: Person) -> Person:
    if person.subject:
        reason, words, status = ELSEWHERE
        raise Refused(reason, words.format(person.username), status)
    return person


async def _end_all(change: AccountChange, person: Person, **more: Any) -> None:
    # Tokens name the uid that their account had: with another one, none of before counts any more.
    values = {"uid": secrets.token_hex(16)} | more
    mine = update(tables.users).where(tables.users.c.username == person.username)
    await change.connection.execute(mine.values(values))


async def _end(change: AccountChange, login: Login) -> None:
    ended = tables.ended_sessions
    await change.connection.execute(delete(ended).where(ended.c.until < datetime.now(UTC)))
    await change.connection.execute(ended.insert().values(session=login.session, until=moment(login.expires_at)))
