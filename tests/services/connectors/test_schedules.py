"""Runs of schedules and deliveries: each occasion once, an owner who is gone, and what arrives where."""

import asyncio
import base64
import csv
import hashlib
import hmac
import io
import json
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from infra.nats.server import free_port
from services.connectors.declarations.signals import SignalRule
from services.connectors.schedules.asking import Schedules
from services.connectors.schedules.cron import moments
from services.connectors.schedules.delivering import Deliverer, written
from services.connectors.schedules.repository import ScheduleRepository
from services.connectors.schedules.signals import RulePauses, matches, worded
from services.connectors.settings import ConnectorSettings
from shared.errors import Refused, Unavailable
from shared.events import (
    Admitted,
    Citation,
    MakeSchedule,
    Principal,
    QueryAnswered,
    RowColumn,
    RowSet,
    ScheduleSet,
    Signal,
)
from shared.settings import Settings
from shared.sql.database import Database
from tests.services.connectors.running import right

ALICE, CRM = right("person:alice"), right("app:crm")
SECRET = "a-shared-secret"


class Bus:
    """Admits whom it is told to, and keeps what is published."""

    def __init__(self) -> None:
        self.published: list[tuple[Any, dict[str, str]]] = []
        self.admitted: list[str] = []
        self.refused: Refused | None = None

    async def request(self, request: Any) -> Admitted:
        if self.refused:
            raise self.refused
        self.admitted.append(request.owner)
        principal = Principal(id=request.owner, name=request.owner.partition(":")[2])
        return Admitted(principal=principal, workspaces=("w",), capability="c", expires_at=request.expires_at)

    async def publish(self, event: Any, headers: dict[str, str]) -> None:
        self.published.append((event, headers))

    async def purge(self, stream: str, subject: str) -> None:
        self.published.append((subject, {}))


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[tuple[Schedules, Bus]]:
    database, bus = Database("connectors", Settings(home=tmp_path)), Bus()
    await database.migrate()
    own = ConnectorSettings(connectors_reports=tmp_path / "reports", connectors_hosts=frozenset({"127.0.0.1"}))
    yield Schedules(bus, ScheduleRepository(database), Deliverer(own, tmp_path)), bus  # type: ignore[arg-type]
    await database.close()


def wanted(**changes: Any) -> MakeSchedule:
    given = {"title": "Weekly", "question": "库存？", "cron": "30 8 * * 1", "timezone": "Asia/Shanghai"} | changes
    return MakeSchedule.model_validate(given | {"capability": "c", "query": "q"})


async def test_an_occasion_is_asked_once_however_often_it_comes(here: tuple[Schedules, Bus]) -> None:
    schedules, bus = here
    made = await schedules.make(wanted(), ALICE)
    event, headers = bus.published[0]
    assert event == ScheduleSet(schedule=made.schedule_id)
    assert headers["Nats-Schedule"] == "0 30 8 * * 1"
    found = await asyncio.gather(*(schedules.due(made.schedule_id, "7") for _ in range(5)))
    again = await schedules.due(made.schedule_id, "8")
    questions = [one for one in (*found, again) if one]
    assert len({one.query for one in questions}) == 2
    assert {one.principal.id for one in questions} == {"person:alice"}
    assert questions[0].lane == "batch"
    assert await schedules.due(made.schedule_id, "7") is None, "a repeat after it was asked"


async def test_an_owner_who_is_gone_asks_nothing_any_more_and_the_schedule_says_so(here: tuple[Schedules, Bus]) -> None:
    schedules, bus = here
    made = await schedules.make(wanted(), ALICE)
    bus.refused = Refused("forbidden", "person:alice has no account any more.", 403)
    assert await schedules.due(made.schedule_id, "1") is None
    (state,) = await schedules.owned_by(ALICE)
    assert (state.last_state, state.last_error) == ("failed", "person:alice has no account any more.")


async def test_while_auth_is_away_the_occasion_waits(here: tuple[Schedules, Bus]) -> None:
    schedules, bus = here
    made = await schedules.make(wanted(), ALICE)
    bus.refused = Unavailable("auth does not answer now.")
    with pytest.raises(Unavailable):
        await schedules.due(made.schedule_id, "1")
    bus.refused = None
    assert await schedules.due(made.schedule_id, "1") is not None


async def test_a_business_systems_schedule_answers_on_its_own_subject(here: tuple[Schedules, Bus]) -> None:
    schedules, _ = here
    made = await schedules.make(wanted(), CRM)
    asked = await schedules.due(made.schedule_id, "1")
    assert asked is not None
    assert asked.client == "crm"
    with pytest.raises(Refused, match="as an event on the bus"):
        await schedules.make(wanted(delivery=[{"kind": "file", "to": "a.md"}]), CRM)


async def test_a_removed_schedule_asks_nothing_and_is_taken_off_the_bus(here: tuple[Schedules, Bus]) -> None:
    schedules, bus = here
    made = await schedules.make(wanted(), ALICE)
    with pytest.raises(Refused, match="not yours"):
        await schedules.remove(made.schedule_id, CRM)
    await schedules.remove(made.schedule_id, ALICE)
    assert bus.published[-1][0] == f"sched.{made.schedule_id}"
    assert await schedules.due(made.schedule_id, "1") is None


def answer(query: str = "0" * 32) -> QueryAnswered:
    rows = RowSet(
        source="erp", source_title="ERP", query="q", title="Stock", statement="SELECT", row_count=2,
        columns=(RowColumn(name="n", title="名称"), RowColumn(name="q", title="数量")),
        rows=(("=cmd|'/c calc'!A1", 3), ("离心泵", -1)), read_at=datetime.now(UTC), digest="0",
    )  # fmt: skip
    cited = Citation(n=1, document_id="data:erp:q:0", revision=1, title="ERP", page=1, quote="", data=rows)
    return QueryAnswered(
        query=query, client="connectors", answer="共 2 种。", citations=(cited,), answered_at=datetime.now(UTC)
    )


def test_a_report_as_csv_opens_in_a_spreadsheet_without_running_anything() -> None:
    text = written(".csv", "Stock", answer())
    assert text.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))
    assert lines == [["名称", "数量"], ["'=cmd|'/c calc'!A1", "3"], ["离心泵", "-1"]]


@pytest.fixture
def hook() -> Iterator[Any]:
    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            server.heard.append((dict(self.headers), body))  # type: ignore[attr-defined]
            self.send_response(server.status)  # type: ignore[attr-defined]
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.heard, server.status = [], 204  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


async def test_a_webhook_is_signed_and_tried_again_while_it_fails(hook: Any, tmp_path: Path) -> None:
    own = ConnectorSettings(connectors_hosts=frozenset({"127.0.0.1"}), connectors_webhook_secret=SECRET)
    deliverer, place = Deliverer(own, tmp_path), {"kind": "webhook", "to": f"http://127.0.0.1:{hook.server_port}/x"}
    deliverer.check(place, "person:alice")
    hook.status = 503
    with pytest.raises(Unavailable):
        await deliverer.deliver(place, "Stock", answer())
    hook.status = 204
    await deliverer.deliver(place, "Stock", answer())
    headers, body = hook.heard[1]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right_one = base64.b64encode(hmac.digest(SECRET.encode(), signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{right_one}"
    assert hook.heard[0][0]["webhook-id"] == headers["webhook-id"]
    assert json.loads(body)["rows"][0]["row_count"] == 2


class Letters:
    """A mail server that keeps what it gets; it knows nobody called `gone`."""

    def __init__(self) -> None:
        self.kept: list[tuple[list[str], Message]] = []

    async def handle_RCPT(self, *given: Any) -> str:
        envelope, address = given[2], given[3]
        if address.startswith("gone@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, *given: Any) -> str:
        envelope = given[2]
        self.kept.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def letters() -> Iterator[tuple[Letters, int]]:
    kept, port = Letters(), free_port()
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    yield kept, port
    server.stop()


def mailing(port: int, folder: Path) -> Deliverer:
    address = f"smtp://127.0.0.1:{port}"
    return Deliverer(ConnectorSettings(connectors_hosts=frozenset({"qiming.example"}), connectors_smtp=address), folder)


async def test_a_report_by_mail_arrives_with_its_rows_as_a_table(letters: tuple[Letters, int], tmp_path: Path) -> None:
    kept, port = letters
    deliverer, place = mailing(port, tmp_path), {"kind": "email", "to": "cfo@qiming.example"}
    deliverer.check(place, "person:alice")
    await deliverer.deliver(place, "每周库存\r\nBcc: eve@elsewhere.example", answer())
    (to, mail), *others = kept.kept
    assert (to, mail["To"], mail["Bcc"], others) == (["cfo@qiming.example"], "cfo@qiming.example", None, [])
    assert mail["Subject"] == "每周库存 Bcc: eve@elsewhere.example"
    assert mail["Message-ID"] == f"<{answer().query}@cloister>"
    text, attached = mail.iter_parts()  # type: ignore[attr-defined]
    assert text.get_content().strip() == "共 2 种。"
    assert attached.get_filename() == "q.csv"
    assert "离心泵,-1" in attached.get_content()


async def test_mail_waits_for_a_server_that_is_away_and_not_for_a_mailbox_that_is_not_there(
    letters: tuple[Letters, int], tmp_path: Path
) -> None:
    with pytest.raises(Unavailable, match="cannot be reached"):
        await mailing(free_port(), tmp_path).deliver({"kind": "email", "to": "a@qiming.example"}, "Stock", answer())
    with pytest.raises(Refused, match=r"refused gone@qiming\.example"):
        await mailing(letters[1], tmp_path).deliver({"kind": "email", "to": "gone@qiming.example"}, "Stock", answer())


def test_the_moments_of_a_zone_follow_its_clock() -> None:
    found = moments("30 2 * * *", "Europe/Berlin", datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert [moment.isoformat()[:16] for moment in found[:2]] == ["2026-03-29T01:00", "2026-03-30T00:30"]


RULE = SignalRule(when={"metric": "温度", "value": {"above": 82}}, question="{machine} {value}?", each="machine")


@pytest.mark.parametrize(
    ("fields", "holds"),
    [
        ({"metric": "温度", "value": 96.5}, True),
        ({"metric": "温度", "value": 82}, False),
        ({"metric": "振动", "value": 96.5}, False),
        ({"metric": "温度", "value": "96.5"}, False),
        ({"metric": "温度", "value": True}, False),
        ({"metric": "温度"}, False),
    ],
)
def test_a_rule_holds_for_numbers_beyond_its_limit_alone(fields: dict[str, Any], holds: bool) -> None:
    assert matches(RULE, Signal(client="plc", name="reading", fields=fields)) is holds


def test_each_machine_asks_once_in_a_while_and_its_text_stays_text() -> None:
    quiet = RulePauses()
    one, two = (Signal(client="plc", name="r", fields={"machine": name, "value": 90}) for name in ("M1", "M2\nignore"))
    heard = zip((one, one, two, one), "abcd", strict=True)
    assert [quiet.passes("hot", RULE, *each) for each in heard] == [True, False, True, False]
    assert quiet.passes("hot", RULE, one, "a"), "delivered again, because it could not be asked"
    assert worded(RULE, two) == "M2 ignore 90?"
