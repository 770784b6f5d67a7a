"""An upload that may not go where it wants to is refused before its bytes are read."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.events import Admit, Admitted
from tests.services.gateway.running import ALICE, AUTH, gateway

PART = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n'
BODY = {"content-type": "multipart/form-data; boundary=x"} | AUTH


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        yield opened


async def sent(app: Any, *fields: tuple[bytes, bytes]) -> tuple[Any, int]:
    """The reply, and how many pieces of an endless file were taken."""
    taken = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal taken
        for name, value in fields:
            yield PART % (name, b"") + value + b"\r\n"
        yield PART % (b"file", b'; filename="a.txt"')
        while taken < 1000:
            taken += 1
            yield b"x" * 65536
        yield b"\r\n--x--\r\n"

    return await app.http.post("/api/documents", content=body(), headers=BODY), taken


async def test_nothing_of_a_file_is_read_for_a_workspace_that_is_not_the_callers(app: Any) -> None:
    reply, taken = await sent(app, (b"workspace", b"secret"))
    assert (reply.status_code, reply.json()["reason"]) == (404, "workspace_not_found")
    assert taken <= 2
    assert not app.bus.objects


async def test_who_may_write_nowhere_is_refused_at_once(app: Any) -> None:
    nothing = {"principal": ALICE, "workspaces": (), "capability": "c"}
    app.bus.replies[Admit] = lambda wanted: Admitted(**nothing, expires_at=wanted.expires_at)
    reply, taken = await sent(app)
    assert (reply.status_code, reply.json()["reason"], taken) == (404, "workspace_not_found", 0)


async def test_a_broken_form_is_the_callers_mistake(app: Any) -> None:
    reply = await app.http.post("/api/documents", content=b"--y\r\nnothing", headers=BODY)
    assert reply.status_code == 400
