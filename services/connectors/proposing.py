"""A question about figures that no named query answers: a model proposes one, where there is a model that can."""

import logging

from services.connectors.context import ConnectorsContext
from services.connectors.execution import Run, execute
from services.connectors.proposals.drafting import Proposals
from services.connectors.rights.visibility import open_sources, view_of
from services.connectors.routing.signals import asks_documents, asks_figures
from shared.errors import Refused
from shared.events import RowSet
from shared.language import chinese
from shared.security.capability import Right

log = logging.getLogger(__name__)
PROPOSED = "proposed"
MENDED = ("source_failed", "source_changed")  # what the database itself says about a query


async def proposed(text: str, right: Right, context: ConnectorsContext) -> tuple[Run, RowSet, float] | None:
    """The rows, or None: the question names no measure, or no model here can propose."""
    if asks_documents(text) or not asks_figures(text):
        return None
    for name, source in open_sources(await context.declarations(), right).items():
        if source.proposals == "off" or not source.tables:
            continue
        view = view_of(source, context.database(name, source).dialect, right)
        proposals = Proposals(name, source, view, context.draft)
        if not proposals.members.mentioned(text):
            continue
        try:
            return await _run(text, name, proposals, right, context)
        except Refused as error:
            log.info("no query is proposed: %s", error.error)
    return None


async def _run(
    text: str, name: str, proposals: Proposals, right: Right, context: ConnectorsContext
) -> tuple[Run, RowSet, float]:
    """Run it; what the database says against it goes back to the model, once."""
    source, now = (await context.declarations()).sources[name], context.now()
    run = Run(PROPOSED, await proposals.first(text, now), source, {}, chinese(text))
    try:
        return run, *await execute(run, right, context)
    except Refused as error:
        if error.reason not in MENDED:
            raise
        again = await proposals.mended(text, now, error.error)
        run = Run(PROPOSED, again, source, {}, chinese(text))
        return run, *await execute(run, right, context)
