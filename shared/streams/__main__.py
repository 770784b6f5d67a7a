"""`python -m shared.streams apply` makes the bus agree with the declarations; `show` says what it holds. `--json` for programs."""

import argparse
import asyncio
import json
import sys
from typing import Any

from infra.nats.keys import make
from shared.errors import NotReady
from shared.settings import settings
from shared.streams.apply import apply, missing, show


def main() -> int:
    """Exit code 0, or 78 (EX_CONFIG) when the bus cannot be made to agree."""
    parser = argparse.ArgumentParser(prog="cloister streams", description=__doc__)
    parser.add_argument("command", choices=("apply", "show", "missing"))
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    here = settings()
    make(here.keys_dir)
    action = {"apply": apply, "show": show, "missing": missing}[given.command]
    try:
        found = asyncio.run(action(here.bus_url, here.keys_dir / "bus" / "provisioner.seed"))
    except NotReady as error:
        print(error, file=sys.stderr)
        return 78
    print(json.dumps(found, ensure_ascii=False) if given.json else "\n".join(map(_line, found)) or "Everything is there.")
    return 1 if given.command == "missing" and found else 0


def _line(item: str | dict[str, Any]) -> str:
    if isinstance(item, str):
        return item
    rows = [f"{item['stream']:14} {item['messages']:>9,} messages {item['bytes'] / 1e6:>10,.1f} MB  {item['why']}"]
    rows += [f"  {c['name']:20} {c['waiting']:>7,} waiting  {c['out']:>5,} out  {c['again']:>5,} again" for c in item["consumers"]]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
