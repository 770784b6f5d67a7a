"""What managers may learn of opinions is chosen by SQL, in one statement."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from services.gateway.administration.feedback_store import FeedbackStore
from services.gateway.tables import feedback
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.postgres import postgres

__all__ = ["postgres"]
NOW = datetime.now(UTC)
PLACES = (["hr"], ["hr", "legal"], [], ["finance"])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def opinions(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[FeedbackStore]:
    url = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    database = Database("gateway", Settings(home=tmp_path, database_url=url))
    await database.migrate()
    rows = [
        {"query": f"{n:032x}", "principal": "person:a", "useful": n % 2 == 0, "comment": "", "question": f"q{n}",
         "at": NOW - timedelta(minutes=n), "workspaces": PLACES[n % 4]}
        for n in range(2400)
    ]  # fmt: skip
    async with database.transaction() as connection:
        await connection.execute(feedback.delete())
        await connection.execute(feedback.insert(), rows)
    yield FeedbackStore(database)
    await database.close()


async def told(opinions: FeedbackStore, *managed: str, **wanted: Any) -> list[str]:
    asked = {"everything": False, "workspace": None, "useful": None, "since": None} | wanted
    return [row["question"] for row in await opinions.told(managed, **asked)]


async def test_managers_hear_of_questions_that_stayed_inside_what_they_manage(opinions: FeedbackStore) -> None:
    assert await told(opinions, "hr") == [f"q{n}" for n in range(0, 2400, 4)]
    assert len(await told(opinions, "hr", "legal")) == 1200
    assert len(await told(opinions, "hr", "legal", workspace="legal")) == 600
    assert await told(opinions) == []
    assert len(await told(opinions, everything=True)) == 2400
    assert await told(opinions, "hr", since=NOW - timedelta(minutes=5)) == ["q0", "q4"]
    assert await told(opinions, "hr", useful=False) == []


async def test_one_statement_is_enough(opinions: FeedbackStore) -> None:
    statements: list[str] = []
    engine = opinions._database._reader.sync_engine
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    assert len(await told(opinions, "hr")) == 600
    assert len(statements) == 1
