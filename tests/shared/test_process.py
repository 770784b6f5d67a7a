"""A process of services that cannot start ends at once, with the reason of the one that was refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

import shared.app
from shared.app import ServiceProcess
from shared.bus import Service
from shared.errors import NotReady
from shared.settings import Settings


async def test_a_refused_start_ends_also_the_services_whose_cancellation_was_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @asynccontextmanager
    async def running(service: Service[Any], settings: Settings) -> AsyncIterator[None]:
        if service.name == "auth":
            await asyncio.sleep(0.01)
            raise NotReady("CLOISTER_ADMIN_PASSWORD is set wrongly.")
        with suppress(asyncio.CancelledError):  # as `wait_for` of Python 3.11 does when what it waits for has come
            await asyncio.Event().wait()
        yield

    monkeypatch.setattr(shared.app, "running", running)
    process = ServiceProcess([Service[Any]("auth"), Service[Any]("gateway")], Settings())
    async with asyncio.timeout(5):
        with pytest.raises(NotReady, match="CLOISTER_ADMIN_PASSWORD"):
            await process.run(asyncio.Event())
