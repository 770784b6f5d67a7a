"""What is withdrawn, over, or not yet in force is there for those who look after it, and for nobody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.ingestion.documents.queries import may_read
from services.ingestion.documents.revisions import RevisionHistory
from shared.errors import Refused
from shared.events import Amend, DescribeRevisions, FindNewest, MayRead, Principal
from shared.security.capability import Right
from tests.services.ingestion.running import Office, describe, office, received, right
from tests.support.company import Company, raw

NOW, DAY = datetime.now(UTC), timedelta(days=1)
STATES: dict[str, dict[str, Any]] = {
    "withdrawn": {"withdrawn": True},
    "expired": {"expires": NOW - DAY},
    "not yet effective": {"effective": NOW + DAY},
}
WRITER = right("finance")
READER = right("finance", actions=("read",)).model_copy(
    update={"principal": Principal(id="person:bob", name="bob"), "holders": ("person:bob",)}
)
KEEPER = READER.model_copy(update={"written": ("finance",)})


async def found(here: Office, document: str, who: Right) -> list[bool]:
    """By each way to a document: alone, in the list, its revisions, the newest of them."""
    ways = [here.documents.describe(describe(document_id=document), who)]
    history, asked = RevisionHistory(here.database), {"capability": "", "query": "q"}
    ways.append(history.describe(DescribeRevisions(**asked, document_id=document), who))  # type: ignore[arg-type]
    seen = []
    for way in ways:
        try:
            seen.append(bool(await way))
        except Refused:
            seen.append(False)
    listed = (await here.documents.describe(describe(workspace="finance"), who)).total > 0
    newest = await history.newest(FindNewest(**asked, document_ids=(document,)), who)
    return [*seen, listed, *([bool(newest.newest)] if newest.newest else [])]


@pytest.mark.parametrize("state", STATES)
async def test_readers_see_what_a_search_may_show_and_writers_see_all(tmp_path: Path, state: str) -> None:
    async with office(tmp_path) as here:
        document = (await here.documents.receive(received(b"one", "a.txt"), WRITER)).document_id
        assert all(await found(here, document, READER))
        amend = Amend(capability="", query="q", document_id=document, **STATES[state])
        await here.documents.amend(amend, WRITER)
        assert not any(await found(here, document, READER))
        assert all(await found(here, document, KEEPER))
        asked = MayRead(capability="", query="q", document_ids=(document,))
        assert (await may_read(here.database, asked, READER)).document_ids == ()


async def test_a_date_counts_in_the_zone_that_it_was_written_in(tmp_path: Path) -> None:
    async with office(tmp_path) as here:
        document = (await here.documents.receive(received(b"one", "a.txt"), WRITER)).document_id
        late = (NOW + timedelta(hours=1)).astimezone(datetime.strptime("-0800", "%z").tzinfo)
        for expires, open_ in ((late, True), (late - timedelta(hours=2), False)):
            amend = Amend(capability="", query="q", document_id=document, expires=expires)
            state = await here.documents.amend(amend, WRITER)
            assert state.expires == expires
            assert any(await found(here, document, READER)) == open_


def test_no_door_opens_a_document_that_is_not_in_force(cloister: Company) -> None:
    space = cloister.workspace("archive")
    bob = cloister.person("bob", space)
    document = cloister.paper(space, "rules.md", "# Rules\n\nThe canteen opens at noon.")["document_id"]
    base = f"/api/documents/{document}"
    paths = ["", "/content", "/revisions", "/revisions/1", "/revisions/1/content", "/revisions/1/pages/1"]
    assert [raw(bob, "GET", base + path).status_code for path in paths] == [200] * 6
    for change, back in (
        ({"expires": "2020-01-01"}, {"expires": None}),
        ({"effective": "2999-01-01"}, {"effective": None}),
    ):
        assert raw(cloister.admin, "PATCH", base, json=change).status_code == 200
        assert [raw(bob, "GET", base + path).status_code for path in paths] == [404] * 6
        assert [raw(cloister.admin, "GET", base + path).status_code for path in paths] == [200] * 6
        assert raw(cloister.admin, "PATCH", base, json=back).status_code == 200
    assert raw(cloister.admin, "POST", f"{base}/withdraw").status_code == 200
    assert [raw(bob, "GET", base + path).status_code for path in paths] == [404] * 6
    why = raw(bob, "GET", f"{base}/why").json()
    assert (why["finds"], why["opens"]) == (False, False)
