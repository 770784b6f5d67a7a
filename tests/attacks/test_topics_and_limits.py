"""A group asks about what it is for, as often and when it may; who is refused hears why, and when it opens again."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import nats
import pytest

from client import Http
from services.gateway.queries.parameters.topics import classifier, must_be_allowed
from shared.errors import NotReady, Refused
from shared.events import TopicRule
from tests.support.company import Company, raw


def member(cloister: Company, group: str) -> tuple[Http, str]:
    """Somebody of the group, and a workspace that they may ask."""
    workspace = cloister.workspace("topics")
    cloister.paper(workspace, "budget.md", "The budget of the observatory is nine thousand yuan. 预算为九千元。")
    person = cloister.person("eve", workspace)
    cloister.admin.call("PATCH", f"/api/users/{person.me()['name']}", json={"groups": [group]})
    return person, workspace


def asked(caller: Http, question: str, **wish: Any) -> tuple[int, dict[str, Any]]:
    reply = raw(caller, "POST", "/api/chat", json={"question": question} | wish)
    return reply.status_code, reply.json()


def test_a_group_with_topics_is_refused_other_questions_in_one_sentence(cloister: Company) -> None:
    eve, _ = member(cloister, "treasury")
    cloister.admin.make("topic", group="treasury", allow=["budget", "预算"], deny=["salary"])
    assert asked(eve, "What is the budget of the observatory?")[0] == 200
    assert asked(eve, "天文台的预算是多少？")[0] == 200
    refused = (403, {"error": "Permission denied for this query", "reason": "topic_not_allowed"})
    for question in ("Who is the director?", "What budget is there for a salary?", "What is a ｓａｌａｒｙ budget?"):
        assert asked(eve, question) == refused
    assert asked(eve, "Who is the director?", stream=True) == refused
    assert raw(eve, "POST", "/api/search", json={"question": "director"}).status_code == 403
    body = {"model": "cloister", "messages": [{"role": "user", "content": "Who is the director?"}]}
    assert raw(eve, "POST", "/v1/chat/completions", json=body).status_code == 403
    cloister.admin.remove("topic", "treasury")
    assert asked(eve, "Who is the director?")[0] == 200


def labels(question: str) -> list[str]:
    """A company's own classifier: it knows that a payslip is about wages, in which no word says so."""
    return ["wages"] if "payslip" in question else ["other"]


def test_a_company_s_own_classifier_names_topics_that_rules_allow_and_deny() -> None:
    found = classifier(f"{__name__}:labels")
    assert found is not None
    must_be_allowed([TopicRule(allow=("wages",))], "Where is my payslip?", found)
    for rule in (TopicRule(deny=("wages",)), TopicRule(allow=("other",))):
        with pytest.raises(Refused, match="Permission denied for this query"):
            must_be_allowed([rule], "Where is my payslip?", found)
    with pytest.raises(Refused):
        must_be_allowed([TopicRule(allow=("wages",))], "Where is my payslip?", None)


def test_a_classifier_that_cannot_be_loaded_stops_the_start_in_words() -> None:
    for place in ("nowhere:labels", f"{__name__}:missing", "no colon"):
        with pytest.raises(NotReady, match="CLOISTER_GATEWAY_TOPIC_CLASSIFIER"):
            classifier(place)


def test_a_follow_up_is_about_what_its_conversation_is_about(cloister: Company) -> None:
    eve, _ = member(cloister, "planning")
    cloister.admin.make("topic", group="planning", allow=["budget"])
    assert asked(eve, "What is the budget of the observatory?", conversation="t1")[0] == 200
    assert asked(eve, "And in yuan?", conversation="t1")[0] == 200
    assert asked(eve, "And in yuan?", conversation="t2")[0] == 403


def test_the_day_s_questions_are_used_up_and_reading_an_answer_again_costs_none(cloister: Company) -> None:
    eve, _ = member(cloister, "counted")
    cloister.admin.make("limit", to="group:counted", daily=1)
    status, answer = asked(eve, "What is the budget of the observatory?")
    assert status == 200
    assert eve.query(answer["query_id"])["state"] == "answered"
    reply = raw(eve, "POST", "/api/chat", json={"question": "Again?"})
    assert (reply.status_code, reply.json()["reason"]) == (429, "daily_limit")
    assert "Ask again from" in reply.json()["error"]
    assert reply.json()["values"]["questions"] == 1
    assert 0 < int(reply.headers["retry-after"]) <= 86_400


def test_out_of_hours_it_says_when_it_opens(cloister: Company) -> None:
    eve, _ = member(cloister, "hours")
    cloister.admin.make("limit", to="group:hours", opens="00:00", closes="00:01", days=["mon"])
    cloister.admin.make("limit", to=eve.me()["id"], opens="00:02", closes="00:03", days=["tue"])
    status, refused = asked(eve, "What is the budget of the observatory?")
    assert (status, refused["reason"]) == (429, "closed")
    assert "UTC" in refused["error"]
    assert datetime.fromisoformat(refused["values"]["again"]) > datetime.now(UTC)


async def test_a_business_system_is_counted_on_the_bus_as_well(cloister: Company) -> None:
    _, workspace = member(cloister, "systems")
    app = cloister.admin.make("key", name="counted", workspaces=[workspace], bus=True, daily=1)
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def keep(message: Any) -> None:
        await told.put(json.loads(message.data))

    client = await nats.connect(
        cloister.system.nats_url, user="counted", password=app["key"], inbox_prefix="_INBOX_counted"
    )
    await client.subscribe("answered.counted.>", cb=keep)
    reasons = []
    for _ in range(2):
        question = {"question": "What is the budget of the observatory?"}
        await client.jetstream().publish("ask.counted", json.dumps(question).encode())
        reasons.append((await asyncio.wait_for(told.get(), 20))["reason"])
    await client.close()
    assert reasons == [None, "daily_limit"]
