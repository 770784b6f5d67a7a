"""Wrong fields: each refused, with the field, its value and the remedy."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.errors import Refused
from tests.services.auth.running import AuthService, auth_service

PERSON = {"username": "carol", "password": "a long enough password"}


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[AuthService]:
    async with auth_service(tmp_path) as found:
        yield found


@pytest.mark.parametrize(
    ("kind", "fields", "names"),
    [
        ("user", {}, "'username'"),
        ("user", {"username": "Carol", "password": "a long enough password"}, "'username' 'Carol'"),
        ("user", {"username": "a" * 64, "password": "a long enough password"}, "'username'"),
        ("user", {"username": "carol\n", "password": "a long enough password"}, "'username'"),
        ("user", {"username": "carol", "password": "short"}, "'password'"),
        ("user", {"username": 7, "password": "a long enough password"}, "'username' '7'"),
        ("user", PERSON | {"roles": ["king"]}, "'roles' 'king'"),
        ("user", PERSON | {"groups": ["a:b"]}, "'groups' 'a:b'"),
        ("user", PERSON | {"groups": "finance"}, "'groups' 'finance'"),
        ("user", PERSON | {"gruops": []}, "'gruops'"),
        ("workspace", {"name": "Finance"}, "'name' 'Finance'"),
        ("workspace", {"name": "a.b"}, "'name' 'a.b'"),
        ("workspace", {"name": "ok", "title": "two\nlines"}, "'title'"),
        ("grant", {"workspace": "hr", "to": "carol", "actions": ["ask"]}, "'to' 'carol'"),
        ("grant", {"workspace": "hr", "to": "role:king", "actions": ["ask"]}, "'to' 'role:king'"),
        ("grant", {"workspace": "hr", "to": "person:a", "actions": []}, "'actions'"),
        ("grant", {"workspace": "hr", "to": "person:a", "actions": ["fly"]}, "'actions' 'fly'"),
        ("key", {"name": "gateway", "workspaces": ["hr"]}, "'name' 'gateway'"),
        ("key", {"name": "a.b", "workspaces": ["hr"]}, "'name' 'a.b'"),
        ("key", {"name": ">", "workspaces": ["hr"]}, "'name' '>'"),
        ("key", {"name": "crm", "workspaces": []}, "'workspaces'"),
        ("key", {"name": "crm", "workspaces": ["hr"], "bus": "yes"}, "'bus' 'yes'"),
        ("key", {"name": "crm", "workspaces": ["hr"], "expires": "2001-01-01T00:00:00Z"}, "'expires'"),
        ("key", {"name": "crm", "workspaces": ["hr"], "expires": "soon"}, "'expires'"),
    ],
)
async def test_wrong_fields_are_refused_with_field_value_and_remedy(
    here: AuthService, kind: str, fields: dict[str, Any], names: str
) -> None:
    with pytest.raises(Refused) as caught:
        await here.make(await here.sign_in(), kind, **fields)
    found = caught.value
    assert (found.reason, found.status) == ("invalid", 422)
    assert names in found.error
    assert found.error.split()[-1] != names
    assert "short-pw" not in found.error
