"""Records as Elastic Common Schema 8 documents."""

from collections.abc import Mapping
from typing import Any

CATEGORIES = {"access": ["iam"], "document": ["file"], "query": ["api"], "answer": ["api"], "audit": ["configuration"]}
TYPES = {"asked": ["access"], "shown": ["access"], "searched": ["access"], "removed": ["deletion"]}


def ecs(record: Mapping[str, Any]) -> dict[str, Any]:
    """The document; `event.id` names the record for ever, so that sending it twice stores it once."""
    noun, _, rest = record["subject"].partition(".")
    act, facts = rest.partition(".")[0], record.get("facts") or {}
    attempted = record["subject"].startswith("access.attempted")
    failed = facts.get("outcome") == "refused" or bool(facts.get("reason") and noun in ("answer", "failed"))
    event = {
        "id": str(record["seq"]),
        "kind": "alert" if act == "alerted" else "event",
        "module": "cloister",
        "dataset": "cloister.audit",
        "action": record["subject"],
        "outcome": "failure" if failed else "success",
        "category": ["authentication"] if attempted else CATEGORIES.get(noun, ["process"]),
        "type": ["start"] if attempted else TYPES.get(act, ["change"]),
        "sequence": record["seq"],
        "hash": record["digest"],
    }
    found: dict[str, Any] = {"@timestamp": record["at"], "ecs": {"version": "8.17.0"}, "event": event}
    if record["principal"]:
        found["user"] = {"id": record["principal"], "name": record["principal"].partition(":")[2]}
    if address := (record.get("origin") or {}).get("address"):
        found["source"] = {"ip": address}
    about = {name: record[name] for name in ("about", "source", "emitter", "facts", "origin") if record.get(name)}
    return found | {"service": {"name": record["source"].rpartition("/")[2] or "cloister"}, "cloister": about}
