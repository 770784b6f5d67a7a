"""A seeded auth service for each test that asks for it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.services.auth.seeding import SeededAuth, seeded


@pytest.fixture
async def auth(tmp_path: Path) -> AsyncIterator[SeededAuth]:
    async with seeded(tmp_path) as found:
        yield found
