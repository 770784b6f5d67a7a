"""Archives verify with the key alone; what is archived may leave the tables, and the log still holds."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import zstandard

from client.audit import InvalidLog, Verifier, archive_bundles
from services.audit.archive.daily import Archive
from services.audit.archive.retirement import horizon, retire
from tests.support.audit_log import Log, audit_log, event

TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)


async def archived(log: Log, folder: Path) -> tuple[Archive, Path]:
    archive = Archive(log.database, log.signer, folder)
    assert await archive.missing(TODAY) == []
    assert await archive.missing(TOMORROW) == [TODAY]
    return archive, await archive.write(TODAY)


async def test_a_days_archive_is_verified_with_the_key_alone(tmp_path: Path) -> None:
    async with audit_log(tmp_path, batch=20) as log:
        await log.add(*(event(n) for n in range(100)))
        archive, path = await archived(log, tmp_path / "archive")
        assert await archive.missing(TOMORROW) == []
        assert Verifier(log.key).all(archive_bundles(path)).records == 100
        assert path.stat().st_mode & 0o777 == 0o440
        (tmp_path / "audit.vkey").write_text(log.key.text)
        command = [sys.executable, "-m", "client.cli.main", "audit", "verify", str(path), "--key"]
        command.append(str(tmp_path / "audit.vkey"))
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)
        assert (done.returncode, "100 records, 1 to 100, are what was signed" in done.stdout) == (0, True), done.stderr


async def test_an_archive_that_was_changed_or_cut_names_the_record(tmp_path: Path) -> None:
    async with audit_log(tmp_path, batch=20) as log:
        await log.add(*(event(n) for n in range(100)))
        _, path = await archived(log, tmp_path / "archive")
    data = zstandard.ZstdDecompressor().stream_reader(path.read_bytes()).read()
    other = tmp_path / "changed.ndjson"
    other.write_bytes(data.replace(b'"about":"q41"', b'"about":"q14"'))
    with pytest.raises(InvalidLog) as broken:
        Verifier(log.key).all(archive_bundles(other))
    assert broken.value.seq == 42
    other.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InvalidLog):
        Verifier(log.key).all(archive_bundles(other))


async def test_what_is_archived_and_old_leaves_the_tables_and_proofs_go_on(tmp_path: Path) -> None:
    async with audit_log(tmp_path, batch=20) as log:
        await log.add(*(event(n) for n in range(100)))
        later = datetime.now(UTC) + timedelta(days=30)
        archive = Archive(log.database, log.signer, tmp_path / "archive")
        assert await retire(log.database, await archive.missing(TOMORROW), 10, later) == 0  # not archived yet
        await archive.write(TODAY)
        assert await retire(log.database, await archive.missing(TOMORROW), 40, later) == 0  # not old enough
        assert await retire(log.database, await archive.missing(TOMORROW), 10, later) == 100
        await log.add(*(event(n) for n in range(100, 150)))
        assert [record.seq for record in await log.records()] == list(range(101, 151))
        assert await horizon(log.database) == 100
        assert (await log.reader.inclusion(17, None)).proof
        lines, _ = await log.reader.bundles(0)
        (tmp_path / "rest.ndjson").write_bytes(lines)
        verifier = Verifier(log.key)
        for path in (archive.path(TODAY), tmp_path / "rest.ndjson"):
            for bundle in archive_bundles(path):
                verifier.add(bundle)
        assert verifier.finish().records == 150
