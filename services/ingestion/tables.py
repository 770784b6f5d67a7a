"""What ingestion owns: documents, their revisions, and objects to take away."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.events import DocumentState
from shared.outbox import outbox_table

metadata = MetaData()

documents = Table(
    "documents",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("workspace", String(200), nullable=False),
    Column("title", String(500), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text),
    Column("object", String(500), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(200), nullable=False, default=""),
    Column("pages", Integer),
    Column("chunks", Integer),
    Column("effective", DateTime(timezone=True)),
    Column("expires", DateTime(timezone=True)),
    Column("uploaded_by", String(200), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("allow", JSON, nullable=False, default=list),
    Column("deny", JSON, nullable=False, default=list),
    Column("access", Integer, nullable=False, default=0),
    Column("owner", String(200)),
    Column("review", DateTime(timezone=True)),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("progress", Float),
    Column("taken_out", JSON, nullable=False, default=dict),
    Column("parent", String(32), index=True),
    UniqueConstraint("workspace", "title", name="one_title"),
    UniqueConstraint("workspace", "sha256", name="same_bytes"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("object", String(500), nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_by", String(200), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("title", String(500), nullable=False, default=""),
    Column("status", String(16), nullable=False, default="received"),
    Column("reason", Text),
    Column("pages", Integer),
    Column("chunks", Integer),
)

# Written with the row that lets go of the bytes, so that a crash in between leaves nothing behind.
discarded = Table("discarded", metadata, Column("object", String(500), primary_key=True))

outgoing = outbox_table(metadata)


def state(row: Row[tuple[object, ...]], **changes: object) -> DocumentState:
    """A document's row as others see it."""
    found = {name: row._mapping[name] for name in DocumentState.model_fields} | changes
    for name in ("created_at", "effective", "expires", "review"):
        found[name] = _utc(found[name])
    return DocumentState.model_validate(found)


def _utc(moment: object) -> object:
    # SQLite gives back the moment without its zone.
    return moment.replace(tzinfo=UTC) if isinstance(moment, datetime) and moment.tzinfo is None else moment
