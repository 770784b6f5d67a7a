"""Grounds a question: its passages, and what is said at the end of its answer."""

from services.retrieval.context import RetrievalContext
from services.retrieval.index.protocol import Scope
from services.retrieval.planning.conversation import asks_nothing, asks_of_the_answer
from services.retrieval.planning.expansion import expanded
from services.retrieval.planning.planner import TimedPlan
from services.retrieval.search import answerability
from services.retrieval.search.exact_codes import told as told_absent
from services.retrieval.settings import own
from shared.events import QueryGrounded, QueryRouted
from shared.language import chinese


async def grounded(
    query: QueryRouted, context: RetrievalContext, inside: Scope, made: TimedPlan | None
) -> QueryGrounded:
    """Passages of the scope, best first, with their neighbours; none for a message that asks no document."""
    if asks_nothing(query, made):
        return _without_documents(query)
    search = await context.search()
    question = await search.analyzed(query.question, query.principal.id, query.history, query.asked_at)
    expansion = await expanded(search, question, made, query.principal.id)
    told = " ".join(row.text for row in query.rows)
    absent = tuple(code for code in await search.absent(question, inside) if code not in told)
    most = own().retrieval_passages
    found = await search.passages(question, inside, most, answerability.ANSWER, planned=expansion, absent=absent)
    if not found and asks_of_the_answer(query, made):
        return _without_documents(query)
    wider = await search.widened(found, inside, own().retrieval_tokens)
    notes = (*query.notes, *told_absent(absent, chinese(query.question)))
    return QueryGrounded.of(query, (*query.rows, *wider), question.search_query.text, notes)


def _without_documents(query: QueryRouted) -> QueryGrounded:
    """As a question to the plain model: it cites nothing, and knows that it sees no document."""
    return QueryGrounded.of(query.model_copy(update={"plain": True}), (), notes=query.notes)
