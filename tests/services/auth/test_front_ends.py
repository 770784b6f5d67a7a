"""Front ends that say whom they speak for: named ones alone, and only inside of both rights."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.auth.admission import Admission
from services.auth.callers import Callers
from services.auth.credentials.front_ends import parsed
from services.auth.rights.quota import Quota
from shared.errors import Refused
from shared.events import Admit, Admitted, Credential
from shared.security.keyring import SigningKey
from tests.services.auth.running import QUERY
from tests.services.auth.seeding import SeededAuth


class Portal:
    """A auth with a front end that has the key `webui` for both workspaces."""

    def __init__(self, auth: SeededAuth, key: str, named: str) -> None:
        service = auth.service
        signing = SigningKey(service.home / "keys" / "auth.key")
        callers = Callers(service.tokens, None, parsed(named))
        self.auth, self.key = auth, key
        self._admission = Admission(service.accounts, callers, signing, Quota(service.accounts.database))

    async def admit(self, **said: str) -> Admitted:
        until = datetime.now(UTC) + timedelta(minutes=1)
        wanted = Admit(query=QUERY, credential=Credential(token=self.key, **said), action="ask", expires_at=until)
        return await self._admission.admit(wanted)


@pytest.fixture
async def key(auth: SeededAuth) -> str:
    made = await auth.service.make(auth.admin, "key", name="webui", workspaces=["finance", "legal"])
    return str(made["key"])


async def refusal(doing: Any) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.status, refused.value.reason


@pytest.mark.parametrize("said", ["alice@example.com", "Alice@Example.com", "alice"])
async def test_a_named_front_end_asks_as_the_person_whom_it_names(auth: SeededAuth, key: str, said: str) -> None:
    admitted = await Portal(auth, key, "webui=example.com").admit(speaks_for=said)
    assert (admitted.principal.id, admitted.principal.roles) == ("person:alice", ())
    assert admitted.workspaces == ("finance",)
    assert auth.service.right(admitted).through == ("app:webui",)


async def test_the_persons_token_says_the_same(auth: SeededAuth, key: str) -> None:
    admitted = await Portal(auth, key, "webui").admit(on_behalf_of=auth.bob.token)
    assert (admitted.principal.id, admitted.workspaces) == ("person:bob", ("legal",))


@pytest.mark.parametrize("said", ["alice@evil.com", "nobody", "alice@", "nobody@example.com", "alice@example.com.evil"])
async def test_who_has_no_account_of_the_domain_is_nobody(auth: SeededAuth, key: str, said: str) -> None:
    assert await refusal(Portal(auth, key, "webui=example.com").admit(speaks_for=said)) == (403, "unknown_person")


async def test_an_address_counts_for_nobody_without_a_domain(auth: SeededAuth, key: str) -> None:
    assert await refusal(Portal(auth, key, "webui").admit(speaks_for="alice@example.com")) == (403, "unknown_person")


async def test_others_speak_for_themselves_whatever_they_say(auth: SeededAuth, key: str) -> None:
    for named in ("", "portal=example.com"):
        admitted = await Portal(auth, key, named).admit(speaks_for="alice", on_behalf_of=auth.bob.token)
        assert (admitted.principal.id, admitted.workspaces) == ("app:webui", ("finance", "legal"))


async def test_a_person_cannot_speak_for_another(auth: SeededAuth) -> None:
    portal = Portal(auth, auth.bob.token, "webui=example.com,bob=example.com")
    assert (await portal.admit(speaks_for="alice")).principal.id == "person:bob"


async def test_a_locked_person_is_spoken_for_by_nobody(auth: SeededAuth, key: str) -> None:
    await auth.service.perform(auth.admin, "lock", "alice")
    assert await refusal(Portal(auth, key, "webui").admit(speaks_for="alice")) == (403, "unknown_person")


def test_the_setting_is_a_list_of_keys_with_their_domains() -> None:
    assert parsed("open-webui=example.com, portal") == {"open-webui": "example.com", "portal": ""}
    with pytest.raises(ValueError, match="form"):
        parsed("open webui=*")
