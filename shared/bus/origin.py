"""The origin of an act: set at the interface, carried in the header `cloister-origin`, recorded."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

import orjson

HEADER = "cloister-origin"
ORIGIN: ContextVar[str] = ContextVar("origin", default="")


@contextmanager
def origin(text: str) -> Iterator[None]:
    """What is published and requested inside of this block comes from there."""
    token = ORIGIN.set(text)
    try:
        yield
    finally:
        ORIGIN.reset(token)


def origin_text(**fields: str) -> str:
    """The header's value; what is not known is left out. ASCII, as headers are."""
    known = {name: value[:128] for name, value in fields.items() if value}
    return orjson.dumps(known).decode().encode("ascii", "replace").decode() if known else ""


def carried(headers: Mapping[str, str]) -> str:
    """The origin that a message came with."""
    return headers.get(HEADER, "")


def origin_headers() -> dict[str, str]:
    """What a message says of its origin."""
    found = ORIGIN.get()
    return {HEADER: found} if found else {}
