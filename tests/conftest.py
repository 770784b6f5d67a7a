"""Which tests run where: real servers that are not everywhere are asked for by CLOISTER_REQUIRE_REAL=1."""

import os

import pytest

OPTIONAL = {"ollama", "postgres"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs a server of its own kind; with CLOISTER_REQUIRE_REAL=1 all of it runs, or fails."""
    left_out = set() if os.environ.get("CLOISTER_REQUIRE_REAL") == "1" else OPTIONAL
    left_out |= set() if os.environ.get("CLOISTER_QDRANT_URL") else {"qdrant"}
    kept = [item for item in items if not left_out & {mark.name for mark in item.iter_markers()}]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
