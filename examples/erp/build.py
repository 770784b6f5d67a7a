"""`python -m examples.erp.build erp.db`: the sample ERP as a SQLite file, new each time."""

import argparse
import sqlite3
from datetime import date
from pathlib import Path

from examples.erp.rows import Erp

SCHEMA = Path(__file__).with_name("schema.sql")


def build(path: Path, until: date, seed: int = 7, orders: int = 4000) -> None:
    """Whole or not at all: a reader never finds half of it."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    database = sqlite3.connect(fresh)
    database.executescript(SCHEMA.read_text(encoding="utf-8"))
    for table, rows in Erp(until, seed, orders).tables():
        database.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608
    database.commit()
    database.close()
    fresh.replace(path)


def main() -> None:
    """From the command line."""
    parser = argparse.ArgumentParser(prog="python -m examples.erp.build", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--until", type=date.fromisoformat, default=date.today(), help="the ERP's today")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--orders", type=int, default=4000)
    given = parser.parse_args()
    build(given.path, given.until, given.seed, given.orders)


if __name__ == "__main__":
    main()
