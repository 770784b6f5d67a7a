"""Downloads the audit log page by page: exports, bundles, or the mirror."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import zstandard

from client.audit.bundle import Bundle
from client.audit.mirror import connected
from client.sdk.errors import Refused
from client.sdk.transport import HttpTransport

FORMATS = ("ocsf", "ecs", "cef", "csv", "json")


def export_pages(http: HttpTransport, format_: str, after: int, which: dict[str, Any]) -> Iterator[bytes]:
    """Pages of lines in a format; csv begins with a header."""
    if format_ not in FORMATS:
        raise Refused("invalid", f"--format {format_!r} is not known. Use ocsf, ecs, cef, csv, json or bundle.", 422)
    if format_ == "csv":
        yield http.reply("GET", "/api/audit/export/header").content + b"\n"
    while True:
        reply = http.reply("GET", "/api/audit/export", params=which | {"format": format_, "after": after})
        if not reply.content:
            return
        yield reply.content + b"\n"
        after = int(reply.headers["cloister-next"])


def bundle_pages(http: HttpTransport, after: int) -> Iterator[bytes]:
    """Signed bundles, as `cloister audit verify` reads them."""
    while True:
        reply = http.reply("GET", "/api/audit/bundles", params={"after": after})
        if not reply.content:
            return
        yield reply.content
        after = int(reply.headers["cloister-last"])


def mirrored(url: str, user: str, password: str) -> list[Bundle]:
    """All bundles of the security team's mirror."""

    async def read() -> list[Bundle]:
        async with connected(url, user, password) as mirror:
            return [bundle async for _, bundle in mirror.replay()]

    return asyncio.run(read())


@contextmanager
def opened_output(path: Path | None) -> Iterator[IO[bytes]]:
    """The file, compressed if its name ends in .zst, or standard output."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with path.open("wb") as file:
            if path.suffix != ".zst":
                yield file
                return
            with zstandard.ZstdCompressor(level=9).stream_writer(file) as packed:
                yield packed
    except OSError as error:
        raise Refused("invalid", f"{path} cannot be written ({error.strerror}).", 422) from error
