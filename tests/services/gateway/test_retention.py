"""Old conversations go after their time; those under a legal hold stay. The list of the erased outlives a restore."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.gateway.history.erased import Erased, ErasedPersons
from services.gateway.history.retention import retire
from services.gateway.queries.pending_queries import PendingQuery
from shared.errors import NotReady
from shared.events import HoldState, LegalHolds, QueryAnswered, ReadHolds
from tests.services.gateway.running import gateway

NOW = datetime.now(UTC)


async def begun(context: Any, person: str) -> None:
    await context.history.begin(PendingQuery(person[-3:], person, conversation="c1", question="Why?"))
    answer = QueryAnswered(query=person[-3:], client="gateway", principal=person, answer="So.", answered_at=NOW)
    await context.conversations.keep(answer)


@pytest.mark.parametrize("about", ["person:ann", "query:ann"])
async def test_old_conversations_go_and_held_ones_stay(tmp_path: Path, about: str) -> None:
    async with gateway(tmp_path) as opened:
        context, hold = opened.context, HoldState(about=about, by="person:eve", reason="case 17", since=NOW)
        opened.bus.replies[ReadHolds] = lambda _: LegalHolds(holds=(hold,))
        await begun(context, "person:ann")
        await begun(context, "person:bob")
        assert await retire(context, NOW - timedelta(days=1)) == 0
        assert await retire(context, NOW + timedelta(days=1)) == 1
        assert (await context.history.page("person:ann", "", 10, 0)).total == 1
        assert (await context.history.page("person:bob", "", 10, 0)).total == 0


async def test_the_list_of_the_erased_is_in_the_file_and_in_the_table(tmp_path: Path) -> None:
    async with gateway(tmp_path) as opened:
        database, path = opened.context.database, tmp_path / "erased.jsonl"
        ann = Erased("person:ann", NOW, "person:admin", "asked for it")
        await ErasedPersons(database, path).add(ann)
        assert await ErasedPersons(database, path).missing() == []
        path.unlink()  # the file was lost: the table writes it anew
        assert await ErasedPersons(database, path).missing() == []
        async with database.transaction() as connection:  # an older backup was restored: the file knows
            await connection.exec_driver_sql("DELETE FROM erasures")
        assert await ErasedPersons(database, path).missing() == [ann]
        await ErasedPersons(database, path).done(ann)
        path.write_text(path.read_text().replace('"reason": "', '"reason": "once more: '))  # as security-team.md says
        (again,) = await ErasedPersons(database, path).missing()
        assert again == replace(ann, reason="once more: asked for it")
        await ErasedPersons(database, path).done(again)
        assert await ErasedPersons(database, path).missing() == []
        path.write_text("nonsense\n")
        with pytest.raises(NotReady, match="line 1"):
            await ErasedPersons(database, path).missing()
