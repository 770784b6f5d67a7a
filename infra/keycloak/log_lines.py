"""Converts the log lines of Keycloak to JSON in the form of Cloister's services."""

import json
from datetime import UTC, datetime
from typing import Any

LEVELS = {"TRACE": "DEBUG", "DEBUG": "DEBUG", "WARN": "WARNING", "ERROR": "ERROR", "FATAL": "CRITICAL"}


def as_json(line: bytes) -> bytes:
    """One line of `--log-console-output=json`; one in another form is of the JVM, or of the script that starts it."""
    try:
        found: dict[str, Any] = json.loads(line)
        when = datetime.fromisoformat(found["timestamp"])
    except (ValueError, TypeError, KeyError):
        found, when = {"message": line.decode(errors="replace").rstrip()}, datetime.now(UTC)
    entry = {
        "time": when.astimezone(UTC).isoformat(timespec="milliseconds"),
        "level": LEVELS.get(found.get("level", ""), "INFO"),
        "logger": found.get("loggerName", "keycloak"),
        "message": found.get("message", ""),
    }
    entry |= {"exception": found["exception"]} if found.get("exception") else {}
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"
