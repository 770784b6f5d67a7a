"""A question that waited is answered without what its asker may no longer read."""

import asyncio
from typing import Any

from services.inference import service as inference
from services.inference.prompt.messages import NOT_HELD
from services.inference.revocations import Revocations
from shared.bus import Bus
from shared.events import DocumentAccessChanged, DocumentAmended, DocumentRemoved
from tests.servers.bus import bus
from tests.services.ingestion.running import ALICE, right
from tests.services.support.pipeline import LEAVE, MEALS, Pipeline, journey

__all__ = ["bus", "journey"]
BOTH = (LEAVE, MEALS)
ABOUT = {"document_id": "d1", "revision": 1, "workspace": "hr", "title": "Leave.pdf"}
MINE = right("hr").model_copy(update={"holders": (ALICE.id, "group:hr")})


def relisted(access: int, **lists: Any) -> DocumentAccessChanged:
    return DocumentAccessChanged.model_validate(ABOUT | {"access": access, "by": "person:boss"} | lists)


def test_lists_that_changed_meanwhile_decide_and_the_newest_counts() -> None:
    closed = Revocations()
    assert closed.left(BOTH, MINE) == BOTH
    closed.hear(relisted(2, deny=["group:hr"]))
    closed.hear(relisted(1))
    assert closed.left(BOTH, MINE) == (MEALS,)
    closed.hear(relisted(3, allow=["person:alice"]))
    assert closed.left(BOTH, MINE) == BOTH
    assert closed.left(BOTH, MINE.model_copy(update={"through": ("app:crm",)})) == (MEALS,)


def test_what_was_removed_or_withdrawn_is_lost_and_what_is_restored_is_not() -> None:
    closed = Revocations()
    for withdrawn, left in ((True, (MEALS,)), (False, BOTH)):
        closed.lose(DocumentAmended.model_validate(ABOUT | {"withdrawn": withdrawn}))
        assert closed.left(BOTH, MINE) == left
    closed.lose(DocumentRemoved.model_validate(ABOUT))
    assert closed.left(BOTH, MINE) == (MEALS,)


def test_an_older_amendment_that_comes_late_brings_nothing_back() -> None:
    closed = Revocations()
    for number, withdrawn in ((2, True), (1, False)):
        closed.lose(DocumentAmended.model_validate(ABOUT | {"withdrawn": withdrawn, "amendment": number}))
        assert closed.left(BOTH, MINE) == (MEALS,)
    closed.lose(DocumentAmended.model_validate(ABOUT | {"amendment": 3}))
    assert closed.left(BOTH, MINE) == BOTH
    closed.lose(DocumentRemoved.model_validate(ABOUT))
    closed.lose(DocumentAmended.model_validate(ABOUT | {"amendment": 4}))
    assert closed.left(BOTH, MINE) == (MEALS,)


async def test_a_passage_lost_while_the_question_waited_is_not_read_to_the_model(journey: Pipeline) -> None:
    ingestion = Bus("ingestion", journey.server.settings)
    await ingestion.broker.connect()
    closed = inference.context.closed = Heard()
    await told(ingestion, relisted(1, deny=["person:alice"]), closed)
    await journey.answer(await journey.ask())
    [order] = journey.engine.orders
    prompt = str(order.messages)
    assert ("25 days" in prompt, "Lunch costs" in prompt) == (False, True)
    await told(ingestion, DocumentRemoved.model_validate(ABOUT | {"document_id": "d2"}), closed)
    assert (await journey.answer(await journey.ask())).answer == NOT_HELD[False]
    await ingestion.broker.stop()


class Heard(Revocations):
    """Says when a change has come."""

    def __init__(self) -> None:
        super().__init__()
        self.came = asyncio.Event()

    def hear(self, event: DocumentAccessChanged) -> None:
        super().hear(event)
        self.came.set()

    def lose(self, event: DocumentRemoved | DocumentAmended) -> None:
        super().lose(event)
        self.came.set()


async def told(ingestion: Bus, event: DocumentAccessChanged | DocumentRemoved, closed: Heard) -> None:
    """Published, and heard by the worker."""
    closed.came.clear()
    await ingestion.publish(event)
    await asyncio.wait_for(closed.came.wait(), 5)
