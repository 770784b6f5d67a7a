"""Grounded queries in, signed answers out, over a real bus."""

import asyncio

from services.inference.engines.registry import EngineFailed
from services.inference.prompt.messages import NOT_HELD
from shared.events import QueryCancelled, QueryStreamed
from shared.security.capability import Verifier
from tests.servers.bus import bus
from tests.services.support.pipeline import Pipeline, journey

__all__ = ["bus", "journey"]


async def test_an_answer_is_streamed_then_stored_with_its_citation(journey: Pipeline) -> None:
    query = await journey.ask()
    answered = await journey.answer(query)
    assert answered.answer == "It is 25 days [1]." == journey.streamed(query)
    (citation,) = answered.citations
    assert (citation.document_id, citation.page, citation.heading) == ("d1", 3, "Leave › Annual")
    assert citation.quote == "Employees have 25 days of leave a year."
    assert (answered.model, answered.finish, answered.usage.prompt_tokens) == ("parrot", "stop", 40)
    assert answered.settings["temperature"] == 0.0
    assert answered.settings["context"] > answered.settings["max_tokens"] > 0


async def test_the_stored_answer_carries_the_workers_signature(journey: Pipeline) -> None:
    answered = await journey.answer(await journey.ask())
    stored = await journey.stored(answered.address())
    assert Verifier(journey.server.keys / "answers").holds(stored.subject, stored.data, stored.headers)


async def test_without_passages_the_reply_is_honest_and_no_engine_is_asked(journey: Pipeline) -> None:
    english, chinese = await journey.ask(passages=()), await journey.ask("年假有多少天？", passages=())
    assert (await journey.answer(english)).answer == NOT_HELD[False] == journey.streamed(english)
    assert (await journey.answer(chinese)).answer == NOT_HELD[True]
    assert journey.engine.orders == []


async def test_thinking_is_told_apart_from_the_answer(journey: Pipeline) -> None:
    journey.engine.scripts = [["<thi", "nk>let me see</th", "ink>\n\nIt is 25", " days [1]."]]
    query = await journey.ask()
    assert (await journey.answer(query)).answer == "It is 25 days [1]." == journey.streamed(query)
    assert journey.streamed(query, "reasoning") == "let me see"


async def test_an_answer_without_marks_gets_them_in_the_stream_too(journey: Pipeline) -> None:
    journey.engine.scripts = [["Employees have 25 days of leave.  \n"]]
    query = await journey.ask()
    answered = await journey.answer(query)
    assert answered.answer == "Employees have 25 days of leave. [1]" == journey.streamed(query)


async def test_an_engine_that_goes_in_circles_is_stopped_and_its_answer_ends_cleanly(journey: Pipeline) -> None:
    journey.engine.scripts = [
        ["Employees have 25 ", "days of leave [1]. ", *["Employees have 25 days of leave [1].\n"] * 9]
    ]
    query = await journey.ask()
    answered = await journey.answer(query)
    assert answered.answer == "Employees have 25 days of leave [1]." == journey.streamed(query)
    assert (answered.finish, journey.engine.closed) == ("stop", 1)


async def test_an_engine_that_breaks_off_is_asked_again_and_the_text_begins_anew(journey: Pipeline) -> None:
    journey.engine.scripts = [["It is 3", EngineFailed("gone")], ["It is 25 days [1]."]]
    query = await journey.ask()
    answered = await journey.answer(query)
    second = [e.text for e in journey.heard[query] if isinstance(e, QueryStreamed) and e.attempt == 2]
    assert (answered.answer, answered.attempt, "".join(second)) == ("It is 25 days [1].", 2, "It is 25 days [1].")


async def test_a_cancelled_answer_keeps_what_was_written(journey: Pipeline) -> None:
    journey.engine.scripts = [["It is", " going to be", asyncio.Event(), " long"]]
    query = await journey.ask()
    await journey.until(query, lambda heard: [e for e in heard if getattr(e, "text", "")])
    await journey.gateway.publish(QueryCancelled(query=query, client="gateway", by="person:alice"))
    answered = await journey.answer(query)
    assert (answered.finish, answered.answer) == ("cancelled", journey.streamed(query))
    assert answered.answer.startswith("It is")
    assert journey.engine.closed == 1


async def test_an_empty_answer_is_tried_once_more_and_then_refused(journey: Pipeline) -> None:
    journey.engine.scripts = [["<think>hm</think>  "]]
    failed = await journey.failure(await journey.ask())
    assert (failed.reason, failed.status, len(journey.engine.orders)) == ("empty_answer", 502, 2)


async def test_a_forged_right_is_refused_by_dispatch_at_once(journey: Pipeline) -> None:
    failed = await journey.failure(await journey.ask(capability="forged"))
    assert (failed.service, failed.reason, failed.status) == ("dispatch", "bad_capability", 403)
    assert journey.engine.orders == []


async def test_passages_outside_the_right_are_refused(journey: Pipeline) -> None:
    passage = journey.query().passages[0].model_copy(update={"workspace": "board"})
    failed = await journey.failure(await journey.ask(passages=(passage,)))
    assert (failed.service, failed.reason) == ("inference", "bad_capability")


async def test_a_plain_question_goes_to_the_engine_without_passages_or_marks(journey: Pipeline) -> None:
    journey.engine.scripts = [["x = list[1] + 4711"]]
    query = await journey.ask("Write code.", passages=(), plain=True, stop=("END",), seed=7, top_p=0.5)
    answered = await journey.answer(query)
    assert answered.answer == "x = list[1] + 4711" == journey.streamed(query)
    assert (answered.citations, answered.unfounded, answered.documents) == ((), (), ())
    (order,) = journey.engine.orders
    assert (order.stop, order.seed, order.top_p) == (("END",), 7, 0.5)
    assert order.messages[-1]["content"] == "Write code."
