"""Whatever people who do not manage a workspace do, nobody gets to read or loses a document by it."""

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as some

from services.ingestion.documents.queries import may_read
from shared.errors import Refused
from shared.events import Amend, ChangeAccess, MayRead
from shared.security.capability import Right
from tests.services.ingestion.running import Office, office, received
from tests.services.ingestion.test_rights import ASKED, of

PEOPLE = {name: of(name, f"group:{group}") for name, group in (("ann", "it"), ("ben", "hr"), ("cy", "hr"))}
NAMES = ["person:ann", "person:ben", "group:hr"]
WHO, LIST = some.sampled_from(sorted(PEOPLE)), some.lists(some.sampled_from(NAMES), max_size=2, unique=True)
TITLE, DATA = some.sampled_from("abc"), some.sampled_from([b"one", b"two", b"three"])
ACT = some.one_of(
    some.tuples(some.just("upload"), WHO, TITLE, DATA, LIST, LIST),
    some.tuples(some.just("rename"), WHO, TITLE, some.integers(0, 5)),
    some.tuples(some.just("relist"), WHO, LIST, some.integers(0, 5)),
)


class Workspace:
    """One of its own for each example."""

    def __init__(self, here: Office) -> None:
        self.here, self.name, self.ids = here, uuid4().hex, list[str]()

    def right(self, who: str) -> Right:
        return PEOPLE[who].model_copy(update={"workspaces": (self.name,)})

    async def readers(self) -> dict[str, set[str]]:
        """Who may read which document."""
        asked = MayRead.model_validate(ASKED | {"document_ids": self.ids})
        found: dict[str, set[str]] = {id: set() for id in self.ids}
        for who in PEOPLE:
            for id in (await may_read(self.here.database, asked, self.right(who))).document_ids:
                found[id].add(who)
        return found

    async def act(self, kind: str, who: str, *more: Any) -> None:
        documents, right = self.here.documents, self.right(who)
        if kind == "upload":
            title, data, allow, deny = more
            state = await documents.receive(received(data, title, self.name, allow=allow, deny=deny), right)
            if state.document_id not in self.ids:
                self.ids.append(state.document_id)
        elif self.ids:
            change = {"document_id": self.ids[more[1] % len(self.ids)]}
            if kind == "rename":
                await documents.amend(Amend.model_validate(ASKED | change | {"title": more[0]}), right)
            else:
                await documents.change_access(ChangeAccess.model_validate(ASKED | change | {"allow": more[0]}), right)


async def play(here: Office, acts: list[Any]) -> None:
    workspace = Workspace(here)
    for act in acts:
        before = await workspace.readers()
        with suppress(Refused):
            await workspace.act(*act)
        after = await workspace.readers()
        assert {id: after[id] for id in before} == before, act


def test_no_act_of_theirs_changes_who_reads_what_was_there(tmp_path: Path) -> None:
    stack = AsyncExitStack()
    with asyncio.Runner() as runner:
        here = runner.run(stack.enter_async_context(office(tmp_path)))

        @settings(max_examples=25, deadline=None)
        @given(some.lists(ACT, min_size=2, max_size=6))
        def hold(acts: list[Any]) -> None:
            runner.run(play(here, acts))

        hold()
        runner.run(stack.aclose())
