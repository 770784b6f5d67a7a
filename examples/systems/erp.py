"""An ERP asks for figures by name, exact and without a model: `python examples/systems/erp.py top_stock count=3`.

CLOISTER_URL and CLOISTER_KEY come from `cloister keys add erp -w production`.
"""

import os
import sys

from client import Http


def main(name: str, *words: str) -> None:
    parameters = {key: int(value) if value.isdigit() else value for key, _, value in (w.partition("=") for w in words)}
    with Http(os.environ["CLOISTER_URL"], os.environ["CLOISTER_KEY"]) as cloister:
        found = cloister.run_query(name, parameters, language="en")
    print(found["title"], f"({found['read_at']})")
    for row in found["rows"]:
        print(*row, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
