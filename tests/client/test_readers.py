"""`cloister documents access` and `why` against a stand-in."""

import json
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from client.cli.main import app
from tests.support.http_stub import HttpStub, stub

__all__ = ["stub"]
LISTS = {"document_id": "d1", "title": "a", "workspace": "finance", "allow": ["group:finance"], "deny": []}
WHY = {
    "for": "person:bob", "finds": False, "verdict": "person:bob 不能阅读《a》：禁止名单中有 person:bob。",
    "rules": [
        {"rule": "account", "holds": True, "words": "有账号。"},
        {"rule": "deny", "holds": False, "words": "拒绝"},
    ],
}  # fmt: skip


def run(stub: HttpStub, *words: str) -> Result:
    printed = CliRunner().invoke(app, ["documents", *words, "--url", stub.url, "--token", "t"])
    assert printed.exit_code == 0, printed.output
    return printed


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        (["--allow", "group:finance", "--allow", "person:bob"], {"allow": ["group:finance", "person:bob"]}),
        (["--deny", "person:bob", "--clear"], {"allow": [], "deny": ["person:bob"]}),
        (["--clear"], {"allow": [], "deny": []}),
    ],
)
def test_lists_that_are_given_replace_the_old_ones(stub: HttpStub, options: list[str], sent: dict[str, Any]) -> None:
    stub.says("PATCH /api/documents/d1", (200, LISTS | {"warnings": ["Nobody is called 'person:zoe' now."]}))
    printed = run(stub, "access", "d1", *options).stdout
    assert stub.bodies("PATCH /api/documents/d1") == [sent]
    for told in ("allow  group:finance", "deny   nobody", "person:zoe"):
        assert told in printed


def test_without_a_list_the_lists_are_shown_to_those_who_may_see_them(stub: HttpStub) -> None:
    stub.says("GET /api/documents/d1", (200, LISTS), (200, LISTS | {"allow": None, "deny": None}))
    assert "group:finance" in run(stub, "access", "d1").stdout
    assert "manage" in run(stub, "access", "d1").stdout


def test_why_prints_the_verdict_and_each_rule(stub: HttpStub) -> None:
    stub.says("GET /api/documents/d1/why", (200, WHY), (200, WHY))
    printed = run(stub, "why", "d1", "--for", "person:bob", "--lang", "zh").stdout
    assert printed.splitlines() == [WHY["verdict"], " ✓ 有账号。", " ✗ 拒绝"]
    assert json.loads(run(stub, "why", "d1", "--json").stdout) == WHY
