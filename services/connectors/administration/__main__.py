"""`python -m services.connectors.administration init|check`: what `cloister connectors` runs on this machine."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from services.connectors.administration.checking import check
from services.connectors.administration.drafting import draft
from services.connectors.databases.kinds import KINDS
from services.connectors.declarations.loading import load
from services.connectors.settings import own
from shared.errors import NotReady
from shared.security.privacy import keep_private


def main() -> int:
    """Exit code 0, or 1 when something is wrong, which is said."""
    keep_private()
    parser = argparse.ArgumentParser(prog="cloister connectors", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    init = acts.add_parser("init")
    init.add_argument("name")
    init.add_argument("reference", help="a URL without a secret, env:NAME or file:PATH")
    checking = acts.add_parser("check")
    checking.add_argument("--file", type=Path, default=None)
    checking.add_argument("--as", dest="holders", action="append", default=[])
    given = parser.parse_args()
    try:
        return _init(given.name, given.reference) if given.act == "init" else _check(given.file, given.holders)
    except (NotReady, SQLAlchemyError) as error:
        print(str(error).splitlines()[0], file=sys.stderr)
        return 1


def _init(name: str, reference: str) -> int:
    kind, _, place = reference.partition(":")
    if kind == "env":
        url, line = os.environ.get(place, ""), f"url_env = {json.dumps(place)}"
    elif kind == "file":
        url, line = Path(place).read_text(encoding="utf-8").strip(), f"url_file = {json.dumps(place)}"
    else:
        url, line = reference, f"url = {json.dumps(reference)}"
    if not url:
        raise NotReady(f"{place} is not set. Export it with the database's URL.")
    if make_url(url).password and line.startswith("url ="):
        raise NotReady("A password does not belong into connectors.toml. Give the URL as env:NAME or file:PATH.")
    print("\n".join(draft(_engine(url), name, line)))
    return 0


def _engine(url: str):  # type: ignore[no-untyped-def]  # SQLAlchemy's own type is generic without need
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return create_engine(f"sqlite:///file:{parsed.database}?mode=ro&uri=true")
    kind = KINDS[parsed.get_backend_name()]
    return create_engine(
        parsed if "+" in parsed.drivername else parsed.set(drivername=f"{parsed.drivername}+{kind.driver}")
    )


def _check(path: Path | None, holders: list[str]) -> int:
    file = path or own().file
    if not file.exists():
        raise NotReady(f"There is no {file}. `cloister connectors init` drafts one.")
    reports = asyncio.run(check(load(file), file.parent, tuple(holders)))
    print(json.dumps(reports, ensure_ascii=False))
    return 1 if any(report["problems"] for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
