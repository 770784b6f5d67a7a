"""Every event in, one provable record out."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from joserfc.jwk import OKPKey

from services.audit.repository import Trail
from services.audit.settings import audit_settings
from shared.bus import Bus, Delivery, Depends, Service
from shared.capability import check, public_key
from shared.database import Database
from shared.errors import NotReady, Refused
from shared.events import ReadTrail, Records
from shared.settings import settings

READERS = {"auditor", "admin"}

service = Service("audit")


@service.lifespan
async def run(_: Bus) -> AsyncIterator[None]:
    """The table, opened and migrated."""
    here = settings()
    database = Database("audit", here)
    await database.migrate()
    service.state["trail"] = Trail(database, _salt(here.keys_dir / "audit.salt"))
    service.state["key"] = public_key(here.keys_dir / "auth.pub")
    yield
    await database.close()


def open_trail() -> Trail:
    """Dependency: the record."""
    trail: Trail = service.state["trail"]
    return trail


def key() -> OKPKey:
    """Dependency: the key that capabilities are checked with."""
    found: OKPKey = service.state["key"]
    return found


@service.on_batch("QUERIES", "ANSWERS", "DOCUMENTS", "AUDIT", "FAILED", size=lambda: audit_settings().batch)
async def record(batch: list[Delivery], trail: Annotated[Trail, Depends(open_trail)]) -> None:
    """Acknowledged when the rows are on the disk."""
    await trail.add(batch)


@service.answers(ReadTrail)
async def read(
    request: ReadTrail, trail: Annotated[Trail, Depends(open_trail)], key: Annotated[OKPKey, Depends(key)]
) -> Records:
    right = check(request.capability, key, query=request.query, action="read")
    if not READERS & set(right.principal.roles):
        raise Refused("forbidden", "The trail is for auditors. Ask an administrator for the role `auditor`.", 403)
    return await trail.read(max(request.after, 0), request.about, min(max(request.limit, 1), audit_settings().page))


@service.check("trail")
async def readable() -> None:
    """The record can be read."""
    if "trail" not in service.state:
        raise NotReady("the trail is not open yet")
    await open_trail().read(0, None, 1)


def _salt(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise NotReady(
            f"The salt {path} cannot be read ({error}). Run `python -m infra.nats`, which makes it."
        ) from error
