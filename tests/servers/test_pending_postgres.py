"""Two gateways on one PostgreSQL: a pending question is known to both, and its answer is one turn."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.gateway.history.pending import PendingTurns
from services.gateway.history.repository import History
from services.gateway.queries.conversations import Conversations
from services.gateway.queries.pending_queries import PendingQuery
from shared.settings import Settings
from shared.sql.database import Database
from tests.servers.postgres import postgres
from tests.services.gateway.running import answered, question

__all__ = ["postgres"]


@pytest.mark.postgres
async def test_a_question_of_one_gateway_is_answered_once_by_both(
    postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOISTER_DATABASE_URL", postgres)
    one, other = (Database("gateway", Settings(home=tmp_path)) for _ in range(2))
    assert one.engine.dialect.name == "postgresql"
    await one.migrate()
    until = datetime.now(UTC) + timedelta(minutes=5)
    asked = question("a" * 32)
    call = PendingQuery(asked.query, "person:alice", conversation="c", question="Why?", expires_at=until)
    # The same key at both at once.
    await asyncio.gather(*(History(database).begin(call) for database in (one, other)))
    (found,) = await PendingTurns(other).of("person:alice", "c")
    assert (found.query, found.question, found.expires_at, found.adopted) == (asked.query, "Why?", until, True)
    assert await History(other).turns("person:alice", "c") == []
    await asyncio.gather(*(Conversations(database).keep(answered(asked, "So.")) for database in (one, other)))
    (turn,) = await History(one).turns("person:alice", "c")
    assert (turn.answer, turn.pending) == ("So.", None)
    assert await PendingTurns(one).newest() == []
    for database in (one, other):
        await database.close()
