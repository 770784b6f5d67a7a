"""Records as Common Event Format, version 0: what separates fields is escaped wherever a value holds it."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.audit.export.ocsf import millis


def cef(record: Mapping[str, Any]) -> str:
    """One line."""
    alerted = record["subject"].startswith("audit.alerted")
    head = ("Cloister", "audit", "1", record["subject"], _words(record), "8" if alerted else "3")
    return "CEF:0|" + "|".join(map(header, head)) + "|" + " ".join(_pairs(record))


def header(value: str) -> str:
    """In the header a bar or a backslash is escaped; a line ends the event, so there is none."""
    return value.replace("\\", "\\\\").replace("|", "\\|").replace("\r", " ").replace("\n", " ")


def extension(value: str) -> str:
    """In the extension an equals sign or a backslash is escaped, and line breaks are written out."""
    return value.replace("\\", "\\\\").replace("=", "\\=").replace("\r", "\\r").replace("\n", "\\n")


def _words(record: Mapping[str, Any]) -> str:
    return " ".join(record["subject"].split(".")[:2])


def _pairs(record: Mapping[str, Any]) -> list[str]:
    facts = record.get("facts") or {}
    found = {
        "rt": str(millis(record["at"])),
        "externalId": str(record["seq"]),
        "suser": record["principal"],
        "src": (record.get("origin") or {}).get("address", ""),
        "request": record["about"],
        "outcome": str(facts.get("outcome") or facts.get("reason") or ""),
        "cs1Label": "digest",
        "cs1": record["digest"],
        "cs2Label": "facts",
        "cs2": orjson.dumps(facts).decode() if facts else "",
    }
    return [f"{name}={extension(value)}" for name, value in found.items() if value]
