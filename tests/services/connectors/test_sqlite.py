"""SQLite as a source: a file that is only read, with a clock, and texts of other charsets."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from services.connectors.databases import Database, open_database
from services.connectors.declarations.sources import Source
from shared.errors import Refused

ROWS = 3_200  # squared, ten million


def source(**more: Any) -> Source:
    tables = {"numbers": {"columns": {"n": {"type": "integer"}}}, "texts": {"columns": {"t": {}, "v": {}}}}
    given = {"title": "ERP", "url": "sqlite:///erp.db", "workspaces": ["a"], "timeout_seconds": 0.3, "tables": tables}
    return Source.model_validate(given | more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "erp.db") as database:
        database.execute("CREATE TABLE numbers (n INTEGER)")
        database.executemany("INSERT INTO numbers VALUES (?)", [(n,) for n in range(ROWS)])
        database.execute("CREATE TABLE texts (t TEXT, v BLOB)")
        database.execute("INSERT INTO texts VALUES (CAST(? AS TEXT), ?)", ("离心泵".encode("gbk"), b"\x00\x01"))
        database.execute("INSERT INTO texts VALUES (?, ?)", ("泵 🧾\x07\n第二行", 1.5))
        database.execute("INSERT INTO texts VALUES (NULL, ?)", (2**60,))
        database.execute("CREATE TABLE secrets (s TEXT)")
    return tmp_path


async def run(folder: Path, sql: str, most: int = 10, **more: Any) -> Any:
    opened: Database = open_database(source(**more), folder)
    try:
        return await opened.run(sql, most, {})
    finally:
        await opened.close()


async def test_gbk_emoji_missing_values_and_large_numbers_come_out_plain(folder: Path) -> None:
    found = await run(folder, "SELECT t, v FROM texts")
    assert found.rows == (("离心泵", "(2 bytes)"), ("泵 🧾  第二行", 1.5), (None, str(2**60)))


async def test_of_ten_million_rows_a_few_are_read(folder: Path) -> None:
    found = await run(folder, "SELECT a.n FROM numbers a, numbers b", 200)
    assert (len(found.rows), found.more) == (200, True)


async def test_a_query_that_takes_too_long_is_stopped_and_the_next_one_runs(folder: Path) -> None:
    opened, began = open_database(source(), folder), time.monotonic()
    with pytest.raises(Refused, match="did not finish") as error:
        await opened.run("SELECT count(*) FROM numbers a, numbers b, numbers c", 1, {})
    assert (error.value.reason, time.monotonic() - began < 2) == ("source_slow", True)
    assert (await opened.run("SELECT max(n) FROM numbers", 1, {})).rows == ((ROWS - 1,),)
    await opened.close()


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM numbers",
        "CREATE TABLE x (a)",
        "ATTACH 'other.db' AS o",
        "SELECT s FROM secrets",
        "SELECT name FROM sqlite_master",
        "SELECT load_extension('x')",
        "PRAGMA query_only = OFF",
        "VACUUM INTO 'copy.db'",
    ],
)
async def test_the_connection_can_do_nothing_but_read_what_is_declared(folder: Path, sql: str) -> None:
    before = (folder / "erp.db").read_bytes()
    with pytest.raises(Refused) as error:
        await run(folder, sql)
    assert error.value.reason == "source_failed"
    assert (folder / "erp.db").read_bytes() == before
    assert os.listdir(folder) == ["erp.db"]


async def test_a_file_that_is_not_there_is_told_as_away(tmp_path: Path) -> None:
    with pytest.raises(Refused) as error:
        await run(tmp_path, "SELECT n FROM numbers")
    assert error.value.reason == "source_unavailable"
    assert os.listdir(tmp_path) == []
