"""Why somebody finds a document or not: each rule alone, and the sentence that sums them up."""

import string
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.gateway.documents.access_explanation import Verdict
from services.gateway.documents.translations import SENTENCES
from shared.errors import Refused
from shared.events import AccessChecked, CheckAccess, DocumentState, Explain, Explained, GivenBy
from shared.security.acl import allows
from tests.services.gateway.running import AUTH, gateway

NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
STATE = DocumentState(document_id="d1", revision=1, title="预算.xlsx", workspace="finance", status="indexed")
ALICE = Explained(
    principal="person:alice", exists=True, holders=("person:alice", "group:finance"), actions=("ask", "read"),
    grants=(GivenBy(grant_id="g1", to="group:finance", actions=("ask", "read")),),
)  # fmt: skip
NAMES = ["person:alice", "group:finance", "group:sales", "role:manager"]
LIST = some.lists(some.sampled_from(NAMES), max_size=3, unique=True)


def weighed(**more: Any) -> AccessChecked:
    state = {name: more.pop(name) for name in list(more) if name in DocumentState.model_fields}
    return AccessChecked(document=STATE.model_copy(update=state), **more)


def failing(body: dict[str, Any]) -> list[str]:
    return [rule["rule"] for rule in body["rules"] if not rule["holds"]]


def test_the_sentence_of_somebody_kept_out_says_so() -> None:
    denied = (GivenBy(grant_id="g2", to="person:alice", actions=("ask", "read")),)
    told = Verdict(ALICE.model_copy(update={"denied": denied, "actions": ()}), weighed(), "en").body()
    [grant] = [rule for rule in told["rules"] if rule["rule"] == "grant"]
    assert not grant["holds"]
    assert "ask, read in finance is denied to person:alice." in grant["words"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_group_is_no_account(language: Any) -> None:
    finance = ALICE.model_copy(update={"principal": "group:finance", "holders": ("group:finance",)})
    [first, *_] = Verdict(finance, weighed(), language).body()["rules"]
    assert first["holds"]
    assert first["words"] == SENTENCES["members"][language == "zh"].format(who="group:finance")


@pytest.mark.parametrize(
    ("more", "rule", "opens"),
    [
        ({"denied": ("group:finance",)}, "deny", False),
        ({"limited": True}, "allow", False),
        ({"withdrawn": True}, "withdrawn", False),
        ({"effective": NOW + HOUR}, "dates", False),
        ({"expires": NOW - HOUR}, "dates", False),
        ({"status": "parsing"}, "status", True),
        ({"status": "rejected"}, "status", True),
    ],
)
def test_each_rule_alone_keeps_a_document_from_being_found(more: dict[str, Any], rule: str, opens: bool) -> None:
    for language in ("en", "zh"):
        body = Verdict(ALICE, weighed(**more), language).body()  # type: ignore[arg-type]
        assert (failing(body), body["finds"], body["opens"]) == ([rule], False, opens)
        [words] = [told["words"] for told in body["rules"] if told["rule"] == rule]
        assert words in body["verdict"]
        assert "预算.xlsx" in body["verdict"]


def test_what_lets_somebody_read_is_named() -> None:
    body = Verdict(ALICE, weighed(allowed=("group:finance",), limited=True), "en").body()
    assert (body["finds"], body["opens"], failing(body)) == (True, True, [])
    assert body["verdict"] == "person:alice finds “预算.xlsx” by asking and searching, and may open it."
    told = {rule["rule"]: rule["words"] for rule in body["rules"]}
    assert told["grant"] == "group:finance may ask, read in finance (grant g1)."
    assert told["allow"] == "Its allow list names group:finance."
    assert told["names"] == "Rules know them as person:alice, group:finance."


def test_a_stranger_and_one_without_a_grant_read_nothing() -> None:
    nobody = Verdict(Explained(principal="person:zoe", exists=False), weighed(), "en").body()
    assert (nobody["finds"], nobody["opens"], failing(nobody)) == (False, False, ["account"])
    bob = Explained(principal="person:bob", exists=True, holders=("person:bob",))
    body = Verdict(bob, weighed(), "zh").body()
    assert (body["finds"], body["opens"], failing(body)) == (False, False, ["grant"])
    assert body["verdict"] == "person:bob 不能阅读《预算.xlsx》：finance 没有给他们的授权。"


def test_an_administrator_without_a_grant_opens_but_does_not_find() -> None:
    admin = Explained(principal="person:a", exists=True, holders=("person:a", "role:admin"), actions=("read", "write"))
    body = Verdict(admin, weighed(), "en").body()
    assert (body["finds"], body["opens"]) == (False, True)
    assert "no grant lets them ask in finance" in body["verdict"]


def test_the_sentences_of_both_languages_say_the_same_things() -> None:
    def fields(text: str) -> set[str | None]:
        return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}

    assert [key for key, (english, chinese) in SENTENCES.items() if fields(english) != fields(chinese)] == []


@given(allow=LIST, deny=LIST, holders=some.lists(some.sampled_from(NAMES), min_size=1, max_size=3, unique=True))
def test_the_explanation_agrees_with_the_rule(allow: list[str], deny: list[str], holders: list[str]) -> None:
    who = ALICE.model_copy(update={"holders": tuple(holders)})
    lists = {"denied": tuple({*holders} & {*deny}), "allowed": tuple({*holders} & {*allow}), "limited": bool(allow)}
    body = Verdict(who, weighed(**lists), "en").body()
    assert body["finds"] == body["opens"] == allows(allow, deny, [holders])


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[Any]:
    async with gateway(tmp_path) as opened:
        opened.bus.replies[CheckAccess] = lambda wanted: weighed(
            denied=() if wanted.holders is None else ("person:bob",)
        )
        opened.bus.replies[Explain] = lambda wanted: ALICE.model_copy(update={"principal": wanted.principal})
        yield opened


async def test_one_asks_about_oneself_or_another_in_ones_own_language(app: Any) -> None:
    async def ask(more: str = "", **headers: str) -> dict[str, Any]:
        reply = await app.http.get(f"/api/documents/d1/why{more}", headers=AUTH | headers)
        assert reply.status_code == 200
        body: dict[str, Any] = reply.json()
        return body

    own = await ask()
    assert (own["for"], own["finds"], own["title"]) == ("person:alice", True, "预算.xlsx")
    assert [one.holders for one in app.bus.asked if isinstance(one, CheckAccess)] == [None]
    other = await ask("?for=bob")
    assert (other["for"], other["finds"]) == ("person:bob", False)
    assert [one.holders for one in app.bus.asked if isinstance(one, CheckAccess)][-1] == ALICE.holders
    chinese = {(await ask("?lang=zh"))["verdict"], (await ask(**{"Accept-Language": "zh-CN,en;q=0.5"}))["verdict"]}
    assert chinese == {"person:alice 提问和搜索时能找到《预算.xlsx》，也可以打开它。"}
    assert (await ask("?lang=en", **{"Accept-Language": "zh"}))["verdict"] == own["verdict"]


async def test_a_document_that_one_does_not_see_is_not_explained(app: Any) -> None:
    def hidden(_: CheckAccess) -> None:
        raise Refused("document_not_found", "There is no such document, or it is not open to you.", 404)

    app.bus.replies[CheckAccess] = hidden
    assert (await app.http.get("/api/documents/d1/why", headers=AUTH)).status_code == 404
    assert not [one for one in app.bus.asked if isinstance(one, Explain)]
