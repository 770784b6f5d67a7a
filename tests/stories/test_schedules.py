"""Questions that a clock or a machine asks: made, refused, asked once at each moment, delivered."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client import Http
from tests.services.connectors.running import erp
from tests.stories.test_business_data import Plant, me
from tests.support.company import Company, raw

__all__ = ["erp"]
WEEKLY = {"title": "Weekly stock", "question": "当前库存最高的5种产品是什么？", "cron": "30 8 * * 1"}


@pytest.fixture(scope="module")
def plant(cloister: Company, erp: Path) -> Iterator[Plant]:
    yield (here := Plant(cloister, erp))
    here.file.unlink()


def make(caller: Http, **changes: Any) -> Any:
    return raw(caller, "POST", "/api/data/schedules", json=WEEKLY | changes)


def test_a_schedule_tells_its_next_moments_in_its_own_time_zone(plant: Plant) -> None:
    made = make(plant.alice, timezone="Asia/Shanghai", workspace=plant.name)
    assert made.status_code == 201, made.text
    assert [moment[11:16] for moment in made.json()["next"]] == ["00:30"] * 3
    assert made.json()["owner"] == me(plant.alice)
    mine = raw(plant.alice, "GET", "/api/data/schedules").json()["schedules"]
    assert [one["schedule_id"] for one in mine] == [made.json()["schedule_id"]]
    assert raw(plant.chen, "GET", "/api/data/schedules").json()["schedules"] == []
    gone = f"/api/data/schedules/{made.json()['schedule_id']}"
    assert raw(plant.chen, "DELETE", gone).status_code == 404
    assert raw(plant.alice, "DELETE", gone).status_code == 200
    assert raw(plant.alice, "GET", "/api/data/schedules").json()["schedules"] == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"cron": "every monday"}, "cron"),
        ({"cron": "30 8 * *"}, "cron"),
        ({"cron": "0 0 31 2 *"}, "cron"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"question": " "}, "question"),
        ({"delivery": [{"kind": "webhook", "to": "http://169.254.169.254/x"}]}, "host"),
        ({"delivery": [{"kind": "file", "to": "../../etc/passwd.md"}]}, "name like"),
        ({"delivery": [{"kind": "email", "to": "a@b"}]}, "CLOISTER_CONNECTORS_HOSTS"),
        ({"delivery": [{"kind": "pigeon", "to": "x"}]}, "pigeon"),
    ],
)
def test_a_wrong_schedule_is_refused_with_its_field(plant: Plant, changes: dict[str, Any], word: str) -> None:
    reply = make(plant.alice, **changes)
    assert reply.status_code == 422, reply.text
    assert word in reply.json()["error"]


def test_a_report_is_written_at_its_moment_under_the_rights_of_its_owner(plant: Plant) -> None:
    # Each minute, so that the test waits for the bus's own clock once.
    made = make(plant.alice, cron="* * * * *", workspace=plant.name, delivery=[{"kind": "file", "to": "stock.json"}])
    place = plant.cloister.system.home / "reports"
    try:
        written = plant.cloister.until(lambda: sorted(place.glob("*stock.json")), 90)
        report = json.loads(written[0].read_text(encoding="utf-8"))
        assert report["title"] == "Weekly stock"
        assert report["rows"][0]["row_count"] == 5
        state = plant.cloister.until(lambda: done(plant, made.json()["schedule_id"]), 20)
        assert state["last_query"] == report["query_id"]
    finally:
        raw(plant.alice, "DELETE", f"/api/data/schedules/{made.json()['schedule_id']}")


def done(plant: Plant, schedule: str) -> Any:
    mine = raw(plant.alice, "GET", "/api/data/schedules").json()["schedules"]
    return next((one for one in mine if one["schedule_id"] == schedule and one["last_state"] == "delivered"), None)


RULE = """
[signals.beyond_range]
when = {{metric = "temperature", value = {{above = 82}}}}
each = "machine"
pause_seconds = 60
workspace = "{workspace}"
question = "What is the value of {{machine}}?"
"""


async def test_a_sensor_beyond_its_range_becomes_a_question_and_its_answer_an_event(plant: Plant) -> None:
    plant.declare(plant.text() + RULE.format(workspace=plant.name))
    app = plant.cloister.app("plc", plant.name, bus=True)
    async with plant.cloister.line(app) as bus:
        heard = bus.answers()
        await bus.signal("reading", {"machine": "M001", "metric": "temperature", "value": 60.0})
        await bus.signal("reading", {"machine": "M001", "metric": "temperature", "value": 96.5})
        await bus.signal("reading", {"machine": "M001", "metric": "temperature", "value": 97.0})
        began = time.monotonic()
        answer = await anext(heard)
        assert "96.5" in (answer.answer or "")
        assert answer.principal == f"app:{app['name']}"
        assert time.monotonic() - began < 30
    plant.declare(plant.text())
