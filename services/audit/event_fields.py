"""What a row says of an event: about what, by whom, and a digest that commits to its bytes without telling them."""

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from shared.bus import Delivery

LONGEST = 256
READ_BYTES = 4_096  # longer events carry passages or chunks: who and what stands at their beginning
HEAD_BYTES = 1_024
PERSON = ("principal", "by", "actor", "who", "uploaded_by")
ABOUT = ("query", "document_id", "about", "target")
# Inside a string every quote is escaped, so that no text can look like these.
ABOUT_HEAD = re.compile(rb'"(?:query|document_id)":"([^"\\]{1,64})"')
PERSON_HEAD = re.compile(rb'"(?:principal|by)":(?:\{"id":)?"([^"\\]{1,256})"')


def row_of(message: Delivery, salt: bytes) -> dict[str, Any]:
    """The row of an event, without its number."""
    about, principal = _about(message)
    return {
        "at": _stored_at(message),
        "stream": message.stream,
        "stream_seq": message.sequence,
        "subject": message.subject[:512],
        "event_id": message.headers.get("ce-id", "")[:LONGEST],
        "source": message.headers.get("ce-source", "")[:LONGEST],
        "about": about[:LONGEST],
        "principal": principal[:LONGEST],
        "size": len(message.data),
        "digest": digest(message.subject, message.data, salt),
    }


def digest(subject: str, data: bytes, salt: bytes) -> str:
    """HMAC-SHA256 over subject, newline and body: who lacks the salt cannot try out guesses of the body."""
    return hmac.digest(salt, subject.encode() + b"\n" + data, "sha256").hex()


def _about(message: Delivery) -> tuple[str, str]:
    if len(message.data) > READ_BYTES:
        return _found(ABOUT_HEAD, message.data), _found(PERSON_HEAD, message.data)
    try:
        body = orjson.loads(message.data)
    except orjson.JSONDecodeError:
        return "", ""
    return (_first(body, ABOUT), _first(body, PERSON)) if isinstance(body, dict) else ("", "")


def _found(pattern: re.Pattern[bytes], data: bytes) -> str:
    found = pattern.search(data, 0, HEAD_BYTES)
    return found.group(1).decode(errors="replace") if found else ""


def _first(body: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = body.get(name)
        if found := value.get("id") if isinstance(value, dict) else value:
            return str(found)
    return ""


def _stored_at(message: Delivery) -> datetime:
    """When the server stored it, which its acknowledgement subject tells in nanoseconds; else now."""
    tokens = message.reply.split(".")
    stamp = tokens[7] if len(tokens) == 9 else tokens[9] if len(tokens) >= 11 else ""
    return datetime.fromtimestamp(int(stamp) / 1e9, UTC) if stamp.isdigit() else datetime.now(UTC)
