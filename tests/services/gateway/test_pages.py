"""The audit log, the pages, and addresses that there are not."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from services.gateway.admission import credential
from services.gateway.audit.records import _followed
from services.gateway.settings import GatewaySettings
from shared.bus import Service
from shared.errors import Refused
from shared.events import (
    Admit,
    Lines,
    ReadRecords,
    Record,
)
from tests.services.gateway.running import AUTH


def record(seq: int) -> Record:
    return Record(
        seq=seq, at=datetime.now(UTC), stream="QUERIES", stream_seq=seq, subject="query.asked.v1", event_id="e",
        source="s", about="q", principal="p", size=1, digest="d",
    )  # fmt: skip


async def test_the_audit_log_is_listed_and_followed_until_the_right_ends(app: Any) -> None:
    app.bus.replies[ReadRecords] = lambda wanted: Lines(lines=record(wanted.after + 1).model_dump_json(), last=9)
    listed = (await app.http.get("/api/audit?after=4", headers=AUTH)).json()
    assert (listed["last"], listed["records"][0]["seq"]) == (9, 5)
    followed = _followed(app.context, credential("alice-token"), {"after": 4})
    frames = [await anext(followed) for _ in range(3)]
    assert [orjson.loads(frame.split(b"data: ")[1].split(b"\n")[0])["seq"] for frame in frames] == [5, 6, 7]
    assert frames[0].startswith(b"event: record\n")
    assert frames[0].endswith(b"\nid: 5\n\n")

    def refuse(_: Admit) -> None:
        raise Refused("unauthenticated", "The token ran out.", 401)

    app.bus.replies[Admit] = refuse
    assert [frame async for frame in followed][-1].startswith(b"event: error")


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json"])
async def test_pages_load_nothing_from_outside(app: Any, path: str) -> None:
    page = await app.http.get(path)
    assert page.status_code == 200
    assert not any(word in page.text for word in ("//cdn", "unpkg", "tiangolo"))


async def test_the_documentations_files_are_served_here(app: Any) -> None:
    for name in ("swagger-ui-bundle.js", "swagger-ui.css", "favicon.png"):
        assert len((await app.http.get(f"/docs/assets/{name}")).content) > 500
    for name in ("redoc.standalone.js", "..%2f..%2fetc%2fpasswd"):
        assert (await app.http.get(f"/docs/assets/{name}")).status_code == 404


async def test_unknown_addresses_and_methods_are_told_in_words(app: Any) -> None:
    assert (await app.http.get("/api/nothing")).json()["reason"] == "not_found"
    assert (await app.http.put("/api/chat")).json()["reason"] == "method_not_allowed"
    assert (await app.http.get("/v1/nothing")).json()["error"]["code"] == "not_found"


async def test_before_the_service_runs_callers_are_told_to_wait(app: Any) -> None:
    app.app.state.gateway = Service[Any]("gateway")
    reply = await app.http.post("/api/chat", json={"question": "hi"}, headers=AUTH)
    assert (reply.status_code, reply.json()["reason"]) == (503, "starting")
    assert reply.headers["retry-after"]


async def test_no_page_allows_scripts_within_itself_or_from_elsewhere(app: Any) -> None:
    for path in ("/", "/docs"):
        policy = (await app.http.get(path)).headers["content-security-policy"]
        scripts = [part for part in policy.split(";") if part.strip().startswith(("script-src", "default-src"))]
        assert not any("unsafe" in part or "http" in part for part in scripts), policy
    assert b"SwaggerUIBundle" in (await app.http.get("/docs/assets/start.js")).content


@pytest.mark.parametrize("value", ["https://erp.example.com", "erp=ftp://x", "erp=https://erp.example.com/path"])
def test_who_may_frame_the_page_is_a_key_and_an_origin(value: str) -> None:
    with pytest.raises(ValueError, match="is not of the form"):
        GatewaySettings(embed=value)
    found = GatewaySettings(embed="a=https://x.example, a=http://y:81").origins_of("a")
    assert found == [
        "https://x.example",
        "http://y:81",
    ]
