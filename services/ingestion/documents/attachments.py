"""Files from archives and e-mails: documents of their own that follow their container."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Protocol

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.ingestion.documents.deletion import remove
from services.ingestion.documents.repository import Found, add_amended, current, found
from services.ingestion.documents.upload import received
from services.ingestion.storage.object_gc import discard_objects
from services.ingestion.tables import documents, state
from shared.events import DocumentUploaded, Principal, Receive
from shared.security.capability import Right
from shared.sql.database import Database
from shared.sql.outbox import Outbox

TITLE = 480
# In one transaction: others write between two of them.
BATCH = 20


class Store(Protocol):
    """The part of the bus that is needed here."""

    async def put_object(self, name: str, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class StoredAttachment:
    """A member and where its bytes lie."""

    name: str
    object: str
    sha256: str
    size: int


@dataclass(slots=True)
class Members:
    """Those of one upload. What is a member itself has none: all that was within it came with the outermost one."""

    store: Store
    place: str
    inner: bool
    known: dict[str, str]
    kept: list[StoredAttachment] = field(default_factory=list)

    async def keep(self, name: str, data: bytes) -> None:
        """Keep the bytes under a name that is the same however often the upload is read."""
        if self.inner:
            return
        digest = (await asyncio.to_thread(sha256, data)).hexdigest()
        place = self.known.get(digest, "")
        if not place:
            place = f"{self.place}-{len(self.kept)}"
            await self.store.put_object(place, data)
        self.kept.append(StoredAttachment(name, place, digest, len(data)))

    async def follow(self, database: Database, outbox: Outbox, uploaded: DocumentUploaded) -> None:
        """New and changed members are received, then vanished ones removed; each step is safe to take twice."""
        stay, left = set[str](), [] if self.inner else self.kept
        while left:
            async with database.transaction() as connection:
                upload = await current(connection, uploaded, ("parsing",))
                if upload is None:
                    fresh = {one.object for one in left} - set(self.known.values())
                    await discard_objects(connection, fresh, uploaded.document_id)
                    return
                names = {_title(upload, one) for one in self.kept}
                stay |= {await _received(connection, outbox, upload, one, names) for one in left[:BATCH]}
            left = left[BATCH:]
            outbox.send()
        mine = and_(documents.c.parent == uploaded.document_id, documents.c.document_id.not_in(stay))
        async with database.transaction() as connection:
            for gone in (await connection.execute(select(documents).where(mine))).all():
                await remove(connection, outbox, gone, uploaded.uploaded_by)
        outbox.send()


async def members_of(database: Database, uploaded: DocumentUploaded, store: Store, place: str) -> Members:
    """Ready to keep what is in an upload."""
    mine = and_(documents.c.parent == uploaded.document_id, documents.c.status != "rejected")
    async with database.reading() as connection:
        parent = documents.c.document_id == uploaded.document_id
        inner = await connection.scalar(select(documents.c.parent).where(parent))
        known = (await connection.execute(select(documents.c.sha256, documents.c.object).where(mine))).all()
    return Members(store, place, bool(inner), {row.sha256: row.object for row in known})


def _title(upload: Found, one: StoredAttachment) -> str:
    return f"{upload.title}/{one.name}"[:TITLE]


async def _received(
    connection: AsyncConnection, outbox: Outbox, upload: Found, one: StoredAttachment, names: set[str]
) -> str:
    """The member's document, under the name that it has now."""
    await _rename(connection, outbox, upload, one, names)
    request = _receive(upload, _title(upload, one), one)
    row, _ = await received(connection, outbox, request, _right(upload), upload.document_id)
    return str(row.document_id)


async def _rename(
    connection: AsyncConnection, outbox: Outbox, upload: Found, one: StoredAttachment, names: set[str]
) -> None:
    """A member of these bytes whose name is gone from the upload is this one, unless its new name is taken."""
    title, mine = _title(upload, one), documents.c.parent == upload.document_id
    here = and_(documents.c.workspace == upload.workspace, documents.c.title == title)
    left = and_(mine, documents.c.sha256 == one.sha256, documents.c.title.not_in(names))
    row = await found(connection, left)
    if row is None or (await connection.execute(select(documents.c.document_id).where(here))).first():
        return
    renamed = update(documents).where(documents.c.document_id == row.document_id).values(title=title)
    await connection.execute(renamed)
    await add_amended(connection, outbox, row, state(row, title=title))


def _receive(upload: Found, title: str, one: StoredAttachment) -> Receive:
    like = {name: upload._mapping[name] for name in ("workspace", "effective", "expires", "allow", "deny", "owner")}
    bytes_ = {"object": one.object, "sha256": one.sha256, "size": one.size}
    return Receive.model_validate({"capability": "", "query": "", "title": title} | like | bytes_)


def _right(upload: Found) -> Right:
    """The uploader's, over the workspace that they have just written to."""
    who, here = Principal(id=upload.uploaded_by, name=upload.uploaded_by), (upload.workspace,)
    until = datetime.now(UTC) + timedelta(minutes=1)
    return Right(principal=who, workspaces=here, actions=("write",), query="", expires_at=until)
