"""CloudEvents 1.0 over NATS, binary mode: the event is the payload, everything about it a header."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid4, uuid5

from opentelemetry.propagate import inject

from shared.events import Event, Request


def headers_of(event: Event, service: str) -> dict[str, str]:
    """`ce-…`, the trace, and `Nats-Msg-Id` where the same event may be published twice."""
    identity = event.identity()
    number = str(uuid5(NAMESPACE_URL, identity)) if identity else str(uuid4())
    headers = {
        "ce-specversion": "1.0",
        "ce-id": number,
        "ce-source": f"/cloister/{service}",
        "ce-type": event.subject.replace(".{", " ").split(" ")[0],
        "ce-time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "ce-datacontenttype": "application/json",
    }
    if identity:
        headers["Nats-Msg-Id"] = number
    inject(headers)
    return headers


def request_headers(request: Request) -> dict[str, str]:
    """A request carries the trace and nothing else: it is no event and is never stored."""
    headers: dict[str, str] = {}
    inject(headers)
    return headers
