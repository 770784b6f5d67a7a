"""Turns an event into an entry of the log: about what, by whom, and a salted digest instead of content."""

import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from services.audit.content.texts import texts_of
from services.audit.content.vault import Text
from services.audit.event_facts import commitment, facts_of
from services.audit.log.entries import Entry
from services.audit.redaction import Redactor
from shared.bus import Delivery

LONGEST = 256
TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
PLAIN = Redactor()
PERSON = ("principal", "by", "actor", "who", "uploaded_by")
ABOUT = ("query", "document_id", "about", "target")


def entry_of(message: Delivery, salt: bytes, redactor: Redactor = PLAIN, kept: Iterable[Text] = ()) -> Entry:
    """The entry of an event, before it has a number; it commits to the texts that are `kept` of it."""
    body, head = _body(message.data), message.headers
    return Entry(
        at=_stored_at(message),
        stream=message.stream,
        stream_seq=message.sequence,
        subject=message.subject[:512],
        event_id=head.get("ce-id", "")[:LONGEST],
        source=head.get("ce-source", "")[:LONGEST],
        principal=_first(body, PERSON)[:LONGEST],
        about=_first(body, ABOUT)[:LONGEST],
        size=len(message.data),
        digest=digest(message.subject, message.data, salt),
        emitter=head.get("cloister-emitter", "")[:LONGEST],
        n=_number(head.get("cloister-n", "")),
        void=head.get("cloister-void", "")[:4096],
        origin=_origin(head.get("cloister-origin", "")) or _tried_from(message.subject, body),
        facts=facts_of(message.subject, body, salt, redactor)
        | _trace(head.get("traceparent", ""))
        | _commitments(kept, salt),
    )


def texts_in(message: Delivery, redactor: Redactor) -> list[Text]:
    """What may be kept of an event's texts, redacted."""
    body = _body(message.data)
    person, query, at = _first(body, PERSON)[:LONGEST], _first(body, ABOUT)[:64], _stored_at(message)
    found = texts_of(message.subject, body, redactor)
    return [Text(person, query, field, at, text) for field, text in found.items()]


def _commitments(kept: Iterable[Text], salt: bytes) -> dict[str, Any]:
    found = {text.field: commitment(text.text, salt) for text in kept}
    return {"kept": found} if found else {}


def digest(subject: str, data: bytes, salt: bytes) -> str:
    """HMAC-SHA256 over subject, newline and body: who lacks the salt cannot try out guesses of the body."""
    return hmac.digest(salt, subject.encode() + b"\n" + data, "sha256").hex()


def _body(data: bytes) -> dict[str, Any]:
    """Bytes that are no JSON object are recorded all the same."""
    try:
        body = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return body if isinstance(body, dict) else {}


def _first(body: Mapping[str, Any], names: tuple[str, ...]) -> str:
    for name in names:
        value = body.get(name)
        if found := value.get("id") if isinstance(value, dict) else value:
            return str(found).replace("\0", "")
    return ""


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def _trace(traceparent: str) -> dict[str, str]:
    """The trace that the event belongs to (W3C trace context): the same as in logs and spans."""
    found = TRACE_PARENT.fullmatch(traceparent)
    return {"trace": found[1]} if found else {}


def _stored_at(message: Delivery) -> int:
    """When the server stored it (µs), which its acknowledgement subject tells in nanoseconds; else now."""
    tokens = message.reply.split(".")
    stamp = tokens[7] if len(tokens) == 9 else tokens[9] if len(tokens) >= 11 else ""
    return int(stamp) // 1000 if stamp.isdigit() else round(datetime.now(UTC).timestamp() * 1e6)


def _origin(text: str) -> dict[str, str]:
    found = _body(text.encode()) if text else {}
    return {name: str(found[name])[:128] for name in ("address", "interface", "credential") if found.get(name)}


def _tried_from(subject: str, body: Mapping[str, Any]) -> dict[str, str]:
    """The address of a sign-in, which the bus's own question about a connection tells in the body."""
    source = body.get("source") if subject.startswith(("access.attempted.", "access.unknown_name.")) else None
    return {"address": str(source)[:128]} if source else {}
