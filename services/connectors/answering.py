"""A question in, rows out: routed, bound, guarded, run, and told as a passage with its record."""

import re
from collections.abc import Sequence

from services.connectors.calls import call, open_queries
from services.connectors.context import ConnectorsContext
from services.connectors.declarations.parameters import NamedQuery
from services.connectors.execution import Proof, Run, execute, recorded
from services.connectors.named.binding import Unbound, bind
from services.connectors.named.classifier import NONE, ScoredQuery
from services.connectors.named.texts import folded
from services.connectors.proposing import proposed
from services.connectors.results.fragments import fragment_passage
from services.connectors.results.passages import passage
from services.connectors.rights.visibility import open_sources, workspace_of
from services.connectors.routing.commands import refuse_orders
from services.connectors.routing.router import Decision, decide
from services.connectors.routing.signals import asks_documents
from shared.errors import Refused
from shared.events import Event, NamedCall, Passage, QueryAsked, QueryExecuted, QueryGrounded, QueryRouted
from shared.language import chinese
from shared.security.capability import Right

NOTE = {True: "（{}）", False: "({})"}
FOLLOWS = re.compile(r"^(?:那|那么|还有|换成|改看)|呢[？?]?$|^(?:and|what about|how about|the same)\b")
SHORT = 60  # characters of a question that leans on the one before


async def answer(asked: QueryAsked, right: Right, context: ConnectorsContext) -> tuple[Event, ...]:
    """The events that follow from a question: what was read, and the question on its way."""
    if asked.plain:
        return (QueryGrounded.of(asked, ()),)
    if asked.named:
        return await _called(asked, asked.named, right, context)
    sent = tuple(fragment_passage(fragment, right.workspaces[0]) for fragment in asked.fragments)
    queries = open_queries(await context.declarations(), right)
    if not queries and not open_sources(await context.declarations(), right):
        return (QueryRouted.of(asked, sent),)
    refuse_orders(asked.question)
    text = _whole(asked)
    decision = decide(text, _open(await context.selection.ranked(text), queries))
    if decision.route == "documents":
        return await _proposed(asked, text, sent, right, context)
    try:
        found, record = await read(asked, text, right, context, decision)
    except Refused as error:
        return _without(asked, sent, decision, error)
    if decision.route == "data" and not sent:
        return record, QueryGrounded.of(asked, (found,))
    return record, QueryRouted.of(asked, (found, *sent))


async def _proposed(
    asked: QueryAsked, text: str, sent: tuple[Passage, ...], right: Right, context: ConnectorsContext
) -> tuple[Event, ...]:
    """No named query fits: perhaps a model can put one together; else the documents are asked."""
    found = await proposed(text, right, context)
    if found is None:
        return (QueryRouted.of(asked, sent),)
    run, result, seconds = found
    record = recorded(asked.query, asked.client, right, result, seconds)
    rows = passage(result, workspace_of(run.source, right), 1.0)
    return record, QueryRouted.of(asked, (rows, *sent)) if sent else QueryGrounded.of(asked, (rows,))


async def _called(asked: QueryAsked, named: NamedCall, right: Right, context: ConnectorsContext) -> tuple[Event, ...]:
    """A query that the caller names: no meaning is guessed, no document looked for."""
    proof, in_chinese = Proof(asked.query, asked.capability), chinese(asked.question)
    run, result, seconds = await call(named.name, named.parameters, right, context, in_chinese, proof)
    record = recorded(asked.query, asked.client, right, result, seconds)
    return record, QueryGrounded.of(asked, (passage(result, workspace_of(run.source, right), 1.0),))


async def read(
    asked: QueryAsked, text: str, right: Right, context: ConnectorsContext, decision: Decision
) -> tuple[Passage, QueryExecuted]:
    """Run the likeliest query that has its parameters; `Refused` when none has or the source cannot answer."""
    run = await _bound(asked, text, right, context, decision)
    result, seconds = await execute(run, right, context)
    record = recorded(asked.query, asked.client, right, result, seconds)
    return passage(result, workspace_of(run.source, right), decision.score), record


async def _bound(asked: QueryAsked, text: str, right: Right, context: ConnectorsContext, decision: Decision) -> Run:
    declarations, missing = await context.declarations(), None
    for name in decision.queries:
        query = declarations.queries[name]
        source = context.source_of(declarations, query, right)
        try:
            parameters = await bind(query, text, context.now(), context.looking(query, source, right))
        except Unbound as error:
            missing = missing or error
        else:
            proof = Proof(asked.query, asked.capability)
            return Run(name, query, source, parameters, chinese(asked.question), proof)
    raise missing or Refused("query_not_found", "There is no named query for this question.", 404)


def _open(ranked: Sequence[ScoredQuery], names: dict[str, NamedQuery]) -> list[ScoredQuery]:
    """What this asker may use; nothing when the question means what they may not: the next best would be wrong."""
    best = next((one.name for one in ranked if one.name != NONE), NONE)
    return [one for one in ranked if one.name == NONE or one.name in names] if best in names else []


def _whole(asked: QueryAsked) -> str:
    """A question that leans on the one before, with it; its own words first, so that its period counts."""
    leans = len(asked.question) <= SHORT and FOLLOWS.search(folded(asked.question))
    if not asked.history or not leans or asks_documents(asked.question):
        return asked.question
    return f"{asked.question} {asked.history[-1].question}"


def _without(asked: QueryAsked, sent: tuple[Passage, ...], decision: Decision, error: Refused) -> tuple[Event, ...]:
    """Documents can answer alone, with a note; a question about data alone is refused in words, at once."""
    if decision.route == "data" and not sent:
        raise Refused(error.reason, error.error, error.status) from error
    return (QueryRouted.of(asked, sent, notes=(NOTE[chinese(asked.question)].format(error.error),)),)
