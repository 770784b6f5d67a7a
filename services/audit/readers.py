"""Who may read the log, and what a reader gets."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

import orjson

from shared.errors import Refused
from shared.events import AuditRead, ReadRecords
from shared.security.capability import Right
from shared.security.rights import Rights

READERS = {"auditor", "admin"}


def permitted(capability: str, query: str, rights: Rights) -> Right:
    """The right of an auditor; `Refused` (403) for everybody else."""
    right = rights.check(capability, query=query, action="read")
    if not READERS & set(right.principal.roles):
        raise Refused("forbidden", "The audit log is for auditors. Ask an administrator for the role `auditor`.", 403)
    return right


def auditor(capability: str, query: str, rights: Rights) -> Right:
    """The right of an auditor; not of an administrator who is none: what people asked is not for whoever runs it."""
    right = permitted(capability, query, rights)
    if "auditor" not in right.principal.roles:
        raise Refused("forbidden", "What people asked is for auditors alone. Ask one to look at it.", 403)
    return right


def micros(moment: datetime | None) -> int | None:
    """µs since 1970."""
    return None if moment is None else round(moment.timestamp() * 1e6)


def instant(at: int) -> datetime:
    """The other way."""
    return datetime.fromtimestamp(at / 1e6, UTC)


def entry_bundle(leaves: Sequence[bytes]) -> bytes:
    """Leaves as C2SP entries: each after its length in two bytes."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def seq_of(leaf: bytes) -> int:
    """The number at the beginning of a leaf."""
    return int(leaf[7 : leaf.index(b",")])


def subject_of(leaf: bytes) -> str:
    """The subject of its event."""
    return str(orjson.loads(leaf)["subject"])


def reading(right: Right, request: ReadRecords) -> AuditRead:
    """The record of a reading: who, and by which filter."""
    wanted = request.model_dump(mode="json", include={"about", "principal", "since", "until", "kind", "after"})
    known = {name: value for name, value in wanted.items() if value}
    form: Literal["records", "export"] = "records" if request.format == "json" else "export"
    return AuditRead(principal=right.principal, filter=known, form=form)
