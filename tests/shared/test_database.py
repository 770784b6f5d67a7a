"""What was deleted leaves SQLite's log, too, or it is said that it did not."""

from pathlib import Path

import pytest
from sqlalchemy import text

from shared.settings import Settings
from shared.sql.database import Database


async def test_deleted_rows_that_somebody_reads_stay_in_the_log_and_that_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database, log = Database("auth", Settings(home=tmp_path)), tmp_path / "auth.db-wal"
    async with database.transaction() as connection:
        await connection.execute(text("CREATE TABLE notes (text)"))
        await connection.execute(text("INSERT INTO notes VALUES ('Mondsee')"))
    async with database.reading() as connection:  # the next who scrubs
        await connection.exec_driver_sql("PRAGMA busy_timeout=20")
    async with database.engine.begin() as reader:
        await reader.execute(text("SELECT text FROM notes"))
        async with database.transaction() as connection:
            await connection.execute(text("DELETE FROM notes"))
        await database.scrub()
        assert caplog.messages == ["auth.db-wal keeps deleted rows until its next checkpoint: they are read"]
        assert b"Mondsee" in log.read_bytes()
    await database.scrub()
    assert len(caplog.messages) == 1
    assert log.read_bytes() == b""
    assert b"Mondsee" not in (tmp_path / "auth.db").read_bytes()
    await database.close()
