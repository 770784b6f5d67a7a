"""Each class leaves after its own time; a legal hold keeps what it covers, and everybody's records and archives."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.audit.archive.daily import Archive
from services.audit.content.sealing import Master
from services.audit.content.vault import Text, Vault
from services.audit.keeping.holds import Holds
from services.audit.keeping.retention import Retention
from services.audit.settings import AuditSettings
from shared.errors import Refused
from tests.support.audit_log import Log, audit_log, event

TODAY = datetime.now(UTC).date()
LATER = TODAY + timedelta(days=30)


@dataclass
class Kept:
    """A log with a text of alice and one of bob, and a day that is archived."""

    log: Log
    vault: Vault
    holds: Holds
    archive: Archive
    retention: Retention

    async def left(self) -> tuple[int, int, list[str]]:
        """Records, archives, and of whom texts are there, after 30 days."""
        await self.retention.retire(LATER)
        texts = [text.person for query in ("qa", "qb") for text in await self.vault.read(query)]
        return len(await self.log.records()), len(list(self.archive.folder.glob("*.zst"))), texts


@asynccontextmanager
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    (tmp_path / "content.key").write_text("a" * 64)
    async with audit_log(tmp_path) as log:
        now = round(datetime.now(UTC).timestamp() * 1e6)
        asked = {"query": "qa", "principal": {"id": "person:alice"}, "workspace": "finance"}
        await log.add(event(1, asked), event(2, asked | {"query": "qb", "principal": {"id": "person:bob"}}))
        vault, archive = (
            Vault(log.database, Master(tmp_path / "content.key")),
            Archive(log.database, log.signer, tmp_path / "archive", keep_days=10),
        )
        texts = [("qa", "person:alice"), ("qb", "person:bob")]
        await vault.keep([Text(who, query, "question", now, "why?") for query, who in texts])
        await archive.write(TODAY)
        holds, limits = (
            Holds(log.database, log.reader),
            AuditSettings(keep_days=10, keep_content_days=10),
        )
        yield Kept(log, vault, holds, archive, Retention(archive, vault, holds, limits))


async def test_without_a_hold_all_classes_leave_after_their_time(tmp_path: Path) -> None:
    async with kept(tmp_path) as here:
        await here.retention.retire(TODAY)
        assert len(await here.log.records()) == 2
        assert await here.left() == (0, 0, [])
        assert TODAY not in await here.archive.missing(LATER)  # its file went: it is not archived anew, empty


@pytest.mark.parametrize(
    ("about", "texts"),
    [
        ("person:alice", ["person:alice"]),
        ("query:qb", ["person:bob"]),
        ("workspace:finance", ["person:alice", "person:bob"]),
    ],
)
async def test_under_a_hold_what_it_covers_stays_and_so_do_records_and_archives(
    tmp_path: Path, about: str, texts: list[str]
) -> None:
    async with kept(tmp_path) as here:
        await here.holds.place(about, "person:ann", "case 17")
        assert await here.left() == (2, 1, texts)
        await here.holds.lift(about)
        assert await here.left() == (0, 0, [])


async def test_a_hold_covers_a_person_by_their_queries_and_workspaces(tmp_path: Path) -> None:
    async with kept(tmp_path) as here:
        for about, covered in (
            ("person:alice", True), ("query:qa", True), ("workspace:finance", True), ("person:bob", False),
            ("query:qb", False), ("workspace:legal", False),
        ):  # fmt: skip
            await here.holds.place(about, "person:ann", "case 17")
            found = [hold.about for hold in await here.holds.covering("person:alice")]
            assert found == ([about] if covered else []), about
            await here.holds.lift(about)
        with pytest.raises(Refused) as refused:
            await here.holds.lift("person:alice")
        assert refused.value.reason == "hold_not_found"
