"""Serves bytes with Range, ETag, If-None-Match and If-Range, and answers HEAD for them."""

import re

from fastapi import Request, Response
from fastapi.responses import JSONResponse

ONE_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
UNSATISFIABLE = "The range {0!r} lies outside of the {1} bytes there are. Ask for a part of them, or leave Range out."


def sent(request: Request, data: bytes, tag: str, headers: dict[str, str]) -> Response:
    """All of the bytes, or the one part that is asked for; `tag` names them, and never others."""
    mark, headers = _named(tag, headers)
    if _is_known(request, mark):
        return Response(status_code=304, headers=headers)
    part = _part(request, mark, len(data))
    if part is None:
        return Response(data, headers=headers, media_type="application/octet-stream")
    if not part:
        return _unsatisfiable(request, len(data))
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{len(data)}"
    return Response(data[part.start : part.stop], 206, headers, "application/octet-stream")


def outlined(request: Request, size: int, tag: str, headers: dict[str, str]) -> Response:
    """To HEAD: what `sent` says of so many bytes, without them. HEAD has no ranges, by RFC 9110."""
    mark, headers = _named(tag, headers)
    if _is_known(request, mark):
        return Response(status_code=304, headers=headers)
    return Response(headers=headers | {"Content-Length": str(size)}, media_type="application/octet-stream")


def _named(tag: str, headers: dict[str, str]) -> tuple[str, dict[str, str]]:
    mark = f'"{tag}"'
    return mark, headers | {"ETag": mark, "Accept-Ranges": "bytes"}


def _is_known(request: Request, mark: str) -> bool:
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    return bool(known & {mark, "*"})


def _part(request: Request, mark: str, size: int) -> range | None:
    """None for the whole: no range, several, one that cannot be read, or of other bytes. Empty: outside of them."""
    wanted = request.headers.get("range", "")
    found = ONE_RANGE.fullmatch(wanted.replace(" ", ""))
    if not found or not any(found.groups()) or request.headers.get("if-range", mark) != mark:
        return None
    first, last = found.groups()
    if first and last and int(first) > int(last):
        return None  # no range at all, by RFC 9110
    start = int(first) if first else max(0, size - int(last))
    stop = min(int(last) + 1, size) if first and last else size
    return range(start, max(start, stop))


def _unsatisfiable(request: Request, size: int) -> Response:
    """With the size that there is, as RFC 9110 has it."""
    words = UNSATISFIABLE.format(request.headers["range"][:80], size)
    body = {"error": words, "reason": "range_not_satisfiable"}
    return JSONResponse(body, 416, {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
