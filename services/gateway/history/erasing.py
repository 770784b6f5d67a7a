"""Takes away what a person asked and was answered: conversations, shares, opinions and stored answers."""

import asyncio
import logging
from datetime import datetime

from services.gateway.context import GatewayContext
from services.gateway.history.erased import Erased
from shared.errors import Refused
from shared.events import AnswersOf, PersonErased, Subjects

log = logging.getLogger(__name__)
AGAIN = "{} (again: an older backup was restored)"
AGAIN_SECONDS = 5.0


async def take_away(context: GatewayContext, person: str, before: datetime) -> dict[str, int]:
    """What is older than `before`; how much of what."""
    counts = await context.history.erase(person, before)
    return counts | await _take_answers(context, person, before)


async def _take_answers(context: GatewayContext, person: str, before: datetime) -> dict[str, int]:
    answers = 0
    for subject in await _answers(context, person, before):
        answers += await context.bus.erase("ANSWERS", subject)
        context.waiting.forget(subject.rpartition(".")[2])
    await context.database.scrub()
    return {"answers": answers}


async def _answers(context: GatewayContext, person: str, before: datetime) -> list[str]:
    """The subjects of all answers that the person got until then."""
    found, after = list[str](), 0
    while True:
        page: Subjects = await context.bus.request(AnswersOf(person=person, before=before, after=after))
        if not page.subjects:
            return found
        found += page.subjects
        after = page.next


async def erase_again(context: GatewayContext) -> None:
    """Who was erased, and is back in this home with an older backup, is erased again; tried until it is done."""
    for erased in await context.erased.missing():
        counts = await context.history.erase(erased.person, erased.before)
        while not await _erased_again(context, erased, counts):  # noqa: ASYNC110
            await asyncio.sleep(AGAIN_SECONDS)


async def _erased_again(context: GatewayContext, erased: Erased, counts: dict[str, int]) -> bool:
    try:
        counts = counts | await _take_answers(context, erased.person, erased.before)
        told = {"about": erased.person, "by": erased.by, "before": erased.before, "counts": counts}
        await context.bus.publish(PersonErased(reason=AGAIN.format(erased.reason), **told))
        await context.erased.done(erased)
    except (Refused, OSError) as error:
        log.warning("%s cannot be erased again yet: %r", erased.person, error)
        return False
    log.warning("%s was erased before this home was backed up, and is erased again: %s", erased.person, counts)
    return True
