"""Parses multipart uploads and checks their fields."""

import re
import unicodedata
from collections.abc import Collection
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from services.gateway.documents.acl import LISTS
from services.gateway.http.schemas import limited
from shared.errors import Refused
from shared.events import day_end, day_start, one_line

NAME = 200
FORM_FIELDS = 220  # two lists of a hundred names each, and the others
OVERHEAD = 64 * 1024
NO_WORKSPACE = ("workspace_not_found", "There is no such workspace, or it is not open to you. See /api/me.", 404)
FIELDS = {"file", "workspace", "title", "effective", "expires", "owner", "review", "allow", "deny"}
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file", "workspace"],
                "properties": {
                    **{name: {"type": "string"} for name in ("workspace", "title", "owner")},
                    **{name: {"type": "string", "format": "date-time"} for name in ("effective", "expires", "review")},
                    **LISTS,
                    "file": {"type": "string", "format": "binary"},  # last: what comes before it is checked first
                },
            }
        }
    },
}


class NotWritable(Refused):
    """The caller may not write to this workspace, if there is one."""

    def __init__(self, workspace: str) -> None:
        super().__init__(*NO_WORKSPACE)
        self.workspace = workspace


class _Parser(MultiPartParser):
    """Stops at the file's first byte when it may not go where the fields before it say."""

    allowed: Collection[str] = ()

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        if self._current_part.file is not None:
            workspace = next((value for name, value in self.items if name == "workspace"), None)
            if workspace not in self.allowed and (workspace is not None or not self.allowed):
                raise NotWritable(str(workspace or ""))


async def form_of(request: Request, most: int, allowed: Collection[str]) -> FormData:
    """The parsed form of at most `most` MiB, its file spooled to disk; unknown fields are refused.

    `allowed` are the workspaces that the caller may write to: for another one nothing of the file is read, and
    `NotWritable` is raised.
    """
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Refused("invalid", "Send the document as multipart/form-data with `file` and `workspace`.", 422)
    body = Request(request.scope, limited(request, most * 1024 * 1024 + OVERHEAD))
    parser = _Parser(body.headers, body.stream(), max_files=1, max_fields=FORM_FIELDS, max_part_size=8192)
    parser.allowed = allowed
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from error
    for name in form:
        if name not in FIELDS:
            known = ", ".join(sorted(FIELDS))
            raise Refused("invalid", f"The field {name[:80]!r} is not known. Known are {known}.", 422)
    return form


async def bytes_of(form: FormData) -> tuple[str, bytes]:
    """The file's safe name and its bytes."""
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise Refused("invalid", "The field 'file' is missing. Send the document in it.", 422)
    data = await file.read()
    if not data:
        raise Refused(
            "empty_document", f"The file {safe(file.filename)} is empty (0 bytes). Save it again and upload it.", 422
        )
    return safe(file.filename), data


def word(form: FormData, name: str, longest: int = NAME) -> str | None:
    """A text field, or None."""
    value = form.get(name)
    if isinstance(value, UploadFile) or (value and len(value) > longest):
        raise Refused("invalid", f"The field {name!r} must be a text of at most {longest} characters.", 422)
    return value or None


def titled(form: FormData) -> str | None:
    """The title that was sent, if one was."""
    value = word(form, "title")
    try:
        return named(one_line(value)) if value else None
    except ValueError as error:
        raise Refused("invalid", f"The field 'title' cannot be {value!r}: {error}. Correct it.", 422) from error


def named(title: str) -> str:
    """The title, when there is something of it to see."""
    if not title.strip():
        raise ValueError("it has no visible character")
    return title


def moment(form: FormData, name: str) -> datetime | None:
    """An ISO 8601 date or time, or None; the day of `expires` is included."""
    value = word(form, name)
    found = (day_end if name == "expires" else day_start)(value) if value else None
    if found is not None and not isinstance(found, datetime):
        words = f"The field {name!r} cannot be {value!r}. Write a date such as 2026-07-01."
        raise Refused("invalid", words, 422)
    return found


def safe(name: str | None) -> str:
    """A file name without path, control or direction characters, at most 200 long with its suffix kept."""
    last = re.split(r"[/\\]", name or "")[-1]
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if len(kept) > NAME and dot and len(suffix) < 20:
        kept = stem[: NAME - len(suffix) - 1] + "." + suffix
    return kept[:NAME] or "document"


def attachment(name: str) -> dict[str, str]:
    """Headers that make a browser save hostile bytes instead of showing them."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
