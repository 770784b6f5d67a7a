"""Records as OCSF 1.8.0 events: a class for each kind of act, and what OCSF has no place for under `unmapped`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

VERSION = "1.8.0"
INFORMATIONAL, HIGH = 1, 4
Record = Mapping[str, Any]
Class = tuple[int, int, int, dict[str, Any]]  # category, class, activity, what the class asks for
ENDINGS = {"created": 1, "enabled": 2, "removed": 6, "disabled": 5}


def ocsf(record: Record) -> dict[str, Any]:
    """The event; `metadata.uid` is the record's number in the log, `raw_data_hash` the digest that it carries."""
    category, kind, activity, own = next(find for start, find in CLASSES if record["subject"].startswith(start))(record)
    return {
        "category_uid": category,
        "class_uid": kind,
        "activity_id": activity,
        "type_uid": kind * 100 + activity,
        "time": millis(record["at"]),
        "severity_id": HIGH if kind == 2004 else INFORMATIONAL,
        "metadata": _metadata(record, own.pop("profiles", [])),
        "raw_data_hash": {"algorithm_id": 99, "algorithm": "HMAC-SHA-256", "value": record["digest"]},
        "unmapped": _unmapped(record),
    } | own


def millis(text: str) -> int:
    """ms since 1970."""
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def _metadata(record: Record, profiles: list[str]) -> dict[str, Any]:
    found = {
        "version": VERSION,
        "product": {"name": "Cloister", "vendor_name": "Cloister"},
        "uid": str(record["seq"]),
        "sequence": record["seq"],
        "original_event_uid": record["event_id"],
        "event_code": record["subject"],
        "log_name": "audit",
        "correlation_uid": record["about"],
        "profiles": profiles,
    }
    return {name: value for name, value in found.items() if value}


def _unmapped(record: Record) -> dict[str, Any]:
    rest = {"facts", "stream", "stream_seq", "source", "emitter", "n", "void", "size", "origin"}
    return {name: value for name, value in record.items() if name in rest}


def _actor(record: Record) -> dict[str, Any]:
    who = record["principal"] or "unknown"
    return {"app_uid": who} if who.startswith("app:") else {"user": {"uid": who, "name": who.partition(":")[2] or who}}


def _endpoint(record: Record) -> dict[str, Any]:
    origin = record.get("origin") or {}
    return {"ip": origin["address"]} if origin.get("address") else {"svc_name": record["source"] or "cloister"}


def _by(record: Record) -> dict[str, Any]:
    return {"actor": _actor(record), "src_endpoint": _endpoint(record)}


def _query(record: Record) -> Class:
    facts = record.get("facts") or {}
    own = _by(record) | {"api": {"operation": record["subject"], "request": {"uid": record["about"] or "none"}}}
    own |= {"status_id": 2 if facts.get("reason") else 1, "status_code": str(facts.get("status", ""))}
    if model := facts.get("model"):
        tokens = facts.get("usage") or {}
        own |= {"profiles": ["ai_operation"], "ai_model": {"name": model, "ai_provider": "local"}}
        counts = {name: tokens[name] for name in ("prompt_tokens", "completion_tokens") if tokens.get(name)}
        own["message_context"] = {"service": {"name": "cloister"}, "uid": record["about"], "ai_role_id": 3} | counts
    return 6, 6003, 1 if record["subject"].startswith("query.asked") else 2, own


def _searched(record: Record) -> Class:
    own = _by(record) | {"databucket": {"name": "documents", "type_id": 99, "type": "documents"}}
    return 6, 6005, 4, own | {"query_info": {"uid": record["about"], "query_string": "not kept"}}


def _document(record: Record) -> Class:
    facts = record.get("facts") or {}
    acts = {"uploaded": 1, "removed": 4, "forgotten": 4, "shown": 9 if facts.get("form") == "page" else 2}
    document = record["about"] or "unknown"
    file = {"name": document, "uid": document, "type_id": 1, "version": str(facts.get("revision", ""))}
    return 6, 6006, acts.get(record["subject"].split(".")[1], 3), _by(record) | {"file": file}


def _attempted(record: Record) -> Class:
    facts = record.get("facts") or {}
    own = {"user": {"name": record["principal"] or "unknown"}, "service": {"name": "cloister"}}
    failed = facts.get("outcome") != "signed_in"
    own |= {"src_endpoint": _endpoint(record)}
    return 3, 3002, 1, own | {"status_id": 2 if failed else 1, "status_detail": str(facts.get("reason", ""))}


def _changed(record: Record) -> Class:
    facts = record.get("facts") or {}
    noun, _, act = str(facts.get("act", "")).partition(".")
    target, actor = record["about"] or "unknown", _actor(record)
    if noun == "user":
        return 3, 3001, ENDINGS.get(act, 99), {"user": {"uid": target, "name": target}, "actor": actor}
    if noun == "grant":
        to = (facts.get("detail") or {}).get("to", "unknown")
        actions = (facts.get("detail") or {}).get("actions") or ["unknown"]
        own = {"user": {"uid": to, "name": to}, "privileges": [f"{target}:{a}" for a in actions], "actor": actor}
        return 3, 3005, 2 if act == "removed" else 1, own
    entity = {"name": target, "type": noun or "unknown", "type_id": 99}
    return 3, 3004, {"created": 1, "removed": 4}.get(act, 3), {"entity": entity, "actor": actor}


def _alerted(record: Record) -> Class:
    facts = record.get("facts") or {}
    info = {"uid": record["event_id"] or str(record["seq"]), "title": str(facts.get("rule", "anomaly"))}
    return 2, 2004, 1, {"finding_info": info, "status_id": 1}


CLASSES: tuple[tuple[str, Callable[[Record], Class]], ...] = (
    ("query.searched.", _searched),
    ("document.", _document),
    ("access.attempted.", _attempted),
    ("access.changed.", _changed),
    ("audit.alerted.", _alerted),
    ("", _query),
)
