"""Decides whether a message is answered without documents. The plan and a closed form must both say so.

A plan is written by a model that has read the message, so a message can order a plan. It cannot order its own form.
"""

from services.retrieval.planning.planner import TimedPlan
from services.retrieval.query.small_talk import about_the_answer, courteous
from shared.events import QueryRouted


def asks_nothing(query: QueryRouted, made: TimedPlan | None) -> bool:
    """Whether it is a greeting or thanks: nothing is searched for."""
    return _nothing(query, made) and courteous(query.question)


def asks_of_the_answer(query: QueryRouted, made: TimedPlan | None) -> bool:
    """Whether it is about the last answer itself: where no passage is found, the conversation is enough."""
    return _nothing(query, made) and bool(query.history) and about_the_answer(query.question)


def _nothing(query: QueryRouted, made: TimedPlan | None) -> bool:
    if made is None or made.planned.plan.kind != "nothing":
        return False
    return not query.rows and query.answer_schema is None and query.named is None
