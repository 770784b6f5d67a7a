"""Services are killed under load: the audit log is whole afterwards, in order, and no emitter told what it lacks."""

import asyncio

from client.audit import LogKey
from client.audit.service import AuditClient
from tests.servers.plant import SLOWLY, Plant, plant

__all__ = ["plant"]
KILLED = ("audit", "dispatch", "retrieval", "audit", "auth")


async def test_the_log_is_whole_after_every_service_was_killed_under_load(plant: Plant) -> None:
    company, workspace = plant.company, plant.workspace
    async with plant.line() as line:
        asked = []
        for n, name in enumerate(KILLED):
            asked += [asyncio.create_task(line.ask(SLOWLY.format(900 + n), workspace=workspace, timeout=90))]
            plant.kill(name)
        answers = await asyncio.gather(*asked)
    for answer in answers:
        steps = ("query.asked.v1", "query.grounded.v1", "query.ready.v1.default", answer.address())
        found = await asyncio.to_thread(company.recorded, answer.query, *steps)
        journey = [row for row in found if row.stream == "QUERIES"]
        assert [row.stream_seq for row in journey] == sorted(row.stream_seq for row in journey)
        assert len({(row.stream, row.stream_seq) for row in found}) == len(found)
    key = LogKey((company.system.home / "keys" / "audit.vkey").read_text())
    report = await asyncio.to_thread(AuditClient(company.admin, key).verify)
    assert report.gaps == []
    assert report.records == report.size
