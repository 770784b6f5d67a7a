"""Downloads the audit log page by page: exports, bundles, or the mirror."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import httpx
import zstandard

from client.audit.bundle import Bundle
from client.audit.mirror import connected
from client.sdk.errors import Refused
from client.sdk.patience import through_restarts
from client.sdk.transport import HttpTransport

FORMATS = ("ocsf", "ecs", "cef", "csv", "json")


def export_pages(http: HttpTransport, format_: str, after: int, which: dict[str, Any]) -> Iterator[bytes]:
    """Pages of lines in a format; csv begins with a header."""
    if format_ not in FORMATS:
        raise Refused("invalid", f"--format {format_!r} is not known. Use ocsf, ecs, cef, csv, json or bundle.", 422)
    if format_ == "csv":
        yield http.reply("GET", "/api/audit/export/header").content + b"\n"
    while True:
        reply = _page(http, "/api/audit/export", which | {"format": format_, "after": after})
        if not reply.content:
            return
        yield reply.content + b"\n"
        after = int(reply.headers["cloister-next"])


def bundle_pages(http: HttpTransport, after: int) -> Iterator[bytes]:
    """Signed bundles, as `cloister audit verify` reads them."""
    while True:
        reply = _page(http, "/api/audit/bundles", {"after": after})
        if not reply.content:
            return
        yield reply.content
        after = int(reply.headers["cloister-last"])


def _page(http: HttpTransport, path: str, which: dict[str, Any]) -> httpx.Response:
    """The first page fails at once where nobody answers; later ones outlast a restart, and are asked for once more."""
    wanted = partial(http.reply, "GET", path, params=which)
    return through_restarts(wanted) if which["after"] else wanted()


def mirrored(url: str, user: str, password: str) -> list[Bundle]:
    """All bundles of the security team's mirror."""

    async def read() -> list[Bundle]:
        async with connected(url, user, password) as mirror:
            return [bundle async for _, bundle in mirror.replay()]

    return asyncio.run(read())


@contextmanager
def opened_output(path: Path | None) -> Iterator[IO[bytes]]:
    """The file, compressed if its name ends in .zst, or standard output. A file is there whole or as it was before."""
    if path is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = path.with_name(f"{path.name}.part") if path.is_file() or not path.exists() else path  # a pipe stays one
    try:
        with part.open("wb") as file, packed(file, path.suffix) as lines:
            yield lines
        if part != path:
            part.replace(path)
    except Refused as refused:
        words = f"{refused.error} Nothing was written to {path}: run the command again."
        raise Refused(refused.reason, words, refused.status, refused.retry_after) from refused
    except OSError as error:
        raise Refused("invalid", f"{path} cannot be written ({error.strerror}).", 422) from error
    finally:
        if part != path:
            part.unlink(missing_ok=True)


def packed(file: IO[bytes], suffix: str) -> AbstractContextManager[IO[bytes]]:
    """What is written into the file, compressed for `.zst`."""
    if suffix == ".zst":
        return cast(AbstractContextManager[IO[bytes]], zstandard.ZstdCompressor(level=9).stream_writer(file))
    return nullcontext(file)
