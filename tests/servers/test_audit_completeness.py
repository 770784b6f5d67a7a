"""Services are killed under load: the audit log is whole afterwards, in order, and no emitter told what it lacks."""

import asyncio
import time

import httpx
import pytest

from client.audit import LogKey
from client.audit.service import AuditClient
from tests.servers.plant import SLOWLY, Plant, plant

__all__ = ["plant"]
pytestmark = pytest.mark.timeout(300)
KILLED = ("audit", "dispatch", "retrieval", "gateway", "audit", "ingestion", "inference", "auth")
READ = [f"document.{done}.v1" for done in ("uploaded", "chunked", "indexed", "embedded")]


async def test_the_log_is_whole_after_every_service_was_killed_under_load(plant: Plant) -> None:
    company, workspace = plant.company, plant.workspace
    async with plant.line() as line:
        asked, papers = [], []
        for n, name in enumerate(KILLED):
            asked += [asyncio.create_task(line.ask(SLOWLY.format(900 + n), workspace=workspace, timeout=110))]
            papers += [await asyncio.to_thread(upload, plant, n)]
            plant.kill(name)
        answers = await asyncio.gather(*asked)
    for answer in answers:
        steps = ("query.asked.v1", "query.grounded.v1", "query.ready.v1.default", answer.address())
        found = await asyncio.to_thread(company.recorded, answer.query, *steps)
        journey = [row for row in found if row.stream == "QUERIES"]
        assert [row.stream_seq for row in journey] == sorted(row.stream_seq for row in journey)
        assert len({(row.stream, row.stream_seq) for row in found}) == len(found)
    for paper in papers:
        await asyncio.to_thread(company.settled, paper)
        rows = await asyncio.to_thread(company.recorded, paper, *READ)
        assert [row.subject for row in rows if row.subject in READ] == READ
    key = LogKey((company.system.home / "keys" / "audit.vkey").read_text())
    report = await asyncio.to_thread(AuditClient(company.admin, key).verify)
    assert report.gaps == []
    assert report.records == report.size


def upload(plant: Plant, number: int) -> str:
    """The document's id; repeated while a service that takes it is away."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            sent = plant.company.upload(plant.workspace, f"tank-{number}.md", f"Tank {number} holds {number} litres.")
        except httpx.TransportError:
            sent = None
        if sent is not None and sent.status_code == 202:
            return str(sent.json()["document_id"])
        time.sleep(0.2)
    raise AssertionError("no upload was taken for 60 s")
