"""Who may read the log, and what a reader gets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

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


def micros(moment: datetime | None) -> int | None:
    """µs since 1970."""
    return None if moment is None else round(moment.timestamp() * 1e6)


def entry_bundle(leaves: Sequence[bytes]) -> bytes:
    """Leaves as C2SP entries: each after its length in two bytes."""
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def seq_of(leaf: bytes) -> int:
    """The number at the beginning of a leaf."""
    return int(leaf[7 : leaf.index(b",")])


def reading(right: Right, request: ReadRecords) -> AuditRead:
    """The record of a reading: who, and by which filter."""
    wanted = request.model_dump(mode="json", include={"about", "principal", "since", "until", "kind", "after"})
    known = {name: value for name, value in wanted.items() if value}
    form: Literal["records", "export"] = "records" if request.format == "json" else "export"
    return AuditRead(principal=right.principal, filter=known, form=form)
