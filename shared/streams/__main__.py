"""`python -m shared.streams apply` applies the declared streams; `show` prints what the server has."""

import argparse
import asyncio
import json
import sys
from typing import Any

from shared.errors import NotReady
from shared.security.privacy import keep_private
from shared.settings import settings
from shared.streams.apply import apply, missing, show

COMMANDS: dict[str, Any] = {"apply": apply, "show": show, "missing": missing}


def main() -> int:
    """Exit code 0; 1 when something is `missing`; 78 (EX_CONFIG) when the bus cannot be made to agree."""
    keep_private()
    parser = argparse.ArgumentParser(prog="cloister streams", description=__doc__)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--json", action="store_true", help="print JSON")
    given, here = parser.parse_args(), settings()
    try:
        found = asyncio.run(COMMANDS[given.command](here.bus_url, here.keys_dir / "bus" / "provisioner.seed"))
    except NotReady as error:
        print(error, file=sys.stderr)
        return 78
    print(json.dumps(found, ensure_ascii=False) if given.json else "\n".join(map(_said, found)) or "Nothing to do.")
    return 1 if given.command == "missing" and found else 0


def _said(item: str | dict[str, Any]) -> str:
    if isinstance(item, str):
        return item
    rows = [f"{item['stream']:14} {item['messages']:>9,} messages {item['bytes'] / 1e6:>10,.1f} MB  {item['why']}"]
    for consumer in item["consumers"]:
        waiting, out, again = (f"{consumer[key]:>7,} {key}" for key in ("waiting", "out", "again"))
        rows.append(f"  {consumer['name']:20} {waiting} {out} {again}")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
