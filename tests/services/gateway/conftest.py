"""A gateway whose ingestion knows one document, for each test that asks for it; some modules have one of their own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from shared.events import Describe, DocumentStates, Receive
from tests.services.gateway.running import STATE, gateway


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path, upload_mb=1) as opened:
        opened.bus.replies[Receive] = lambda wanted: STATE.model_copy(update={"title": wanted.title})
        opened.bus.replies[Describe] = lambda wanted: DocumentStates(documents=(STATE,), total=1)
        yield opened
