"""`python -m bench [journey|quality|…]`: every figure we claim, each table printed by one module."""

import sys
from importlib import import_module

MODULES = (
    "startup",
    "quality",
    "ablation",
    "finding",
    "following",
    "journey",
    "page",
    "tasks",
    "watch",
    "embedding",
    "bundled",
    "first_hour",
    "vectors",
    "ingest",
    "pdf",
    "cells",
    "business",
    "identity",
    "rights",
    "rights_filter",
)


def main() -> None:
    for name in sys.argv[1:] or MODULES:
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
