"""Every event in, one provable record out."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from joserfc.jwk import OKPKey

from services.audit.repository import AuditLog
from services.audit.settings import audit_settings
from shared.bus import Bus, Delivery, Service
from shared.capability import check, public_key
from shared.database import Database
from shared.errors import NotReady, Refused
from shared.events import ReadAuditLog, Records
from shared.settings import settings

READERS = {"auditor", "admin"}


@dataclass(frozen=True, slots=True)
class AuditContext:
    """What the audit handlers use: the log, and the key that capabilities are checked with."""

    log: AuditLog
    key: OKPKey


service = Service[AuditContext]("audit")


@service.lifespan
async def run(_: Bus) -> AsyncIterator[AuditContext]:
    """Opens and migrates the table."""
    here = settings()
    async with Database.opened("audit", here) as database:
        log = AuditLog(database, _salt(here.keys_dir / "audit.salt"))
        yield AuditContext(log, public_key(here.keys_dir / "auth.pub"))


@service.consume_batch("QUERIES", "ANSWERS", "DOCUMENTS", "AUDIT", "FAILED", size=lambda: audit_settings().batch)
async def record(batch: list[Delivery], context: AuditContext) -> None:
    """Acknowledged when the rows are on the disk."""
    await context.log.add(batch)


@service.reply(ReadAuditLog)
async def read(request: ReadAuditLog, context: AuditContext) -> Records:
    right = check(request.capability, context.key, query=request.query, action="read")
    if not READERS & set(right.principal.roles):
        raise Refused("forbidden", "The audit log is for auditors. Ask an administrator for the role `auditor`.", 403)
    limit = min(max(request.limit, 1), audit_settings().page)
    return await context.log.read(max(request.after, 0), request.about, limit)


@service.check("trail")
async def readable() -> None:
    """The audit log can be read."""
    await service.context.log.read(0, None, 1)


def _salt(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise NotReady(
            f"The salt {path} cannot be read ({error}). Run `python -m infra.nats`, which makes it."
        ) from error
