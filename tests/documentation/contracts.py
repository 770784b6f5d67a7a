"""tests/contracts.json: the published JSON schema of every message."""

import json
from pathlib import Path
from typing import Any

from shared.events import EVENTS, requests

SNAPSHOT = Path(__file__).parents[1] / "contracts.json"


def contracts() -> dict[str, Any]:
    """Every subject with its class and JSON schema, and with the schema of the reply for a request."""
    events = {event.subject: {"class": event.__name__, "schema": event.model_json_schema()} for event in EVENTS}
    replied = {
        request.subject: {
            "class": request.__name__,
            "schema": request.model_json_schema(),
            "reply": request.reply.model_json_schema(),
        }
        for request in requests()
    }
    return dict(sorted((events | replied).items()))


def text() -> str:
    """What contracts.json should hold."""
    return json.dumps(contracts(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
