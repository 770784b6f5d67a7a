"""Generates the reference pages under docs/ and tests/contracts.json from the code; `make docs` runs it."""
