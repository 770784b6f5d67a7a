"""Tables of ingestion: documents, revisions, and objects to delete."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from shared.events import DocumentState
from shared.sql.outbox import outbox_table
from shared.sql.utc import Utc

metadata = MetaData()

# `begun` counts how often reading this revision was begun; `amended` says that its chunks left with older dates.
# `twin` is its own id where one of its title is hidden from who brought it (else empty).
documents = Table(
    "documents",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("workspace", String(200), nullable=False),
    Column("title", String(500), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("reason", Text),
    Column("code", String(64)),
    Column("object", String(500), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", String(200), nullable=False, default=""),
    Column("pages", Integer),
    Column("chunks", Integer),
    Column("effective", Utc),
    Column("expires", Utc),
    Column("uploaded_by", String(200), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("allow", JSON, nullable=False, default=list),
    Column("deny", JSON, nullable=False, default=list),
    Column("access", Integer, nullable=False, default=0),
    Column("owner", String(200)),
    Column("review", Utc),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("progress", Float),
    Column("taken_out", JSON, nullable=False, default=dict),
    Column("parent", String(32), index=True),
    Column("begun", Integer, nullable=False, default=0),
    Column("amended", Boolean, nullable=False, default=False),
    Column("twin", String(32), nullable=False, default=""),
    Column("amendment", Integer, nullable=False, default=0),
    Column("vectors", Float),
    Column("vectors_due", Utc),
    UniqueConstraint("workspace", "title", "twin", name="one_title"),
    Index("ix_documents_bytes", "workspace", "sha256"),
)

# `object` and `text` (of its pages) are empty once their bytes are let go.
revisions = Table(
    "revisions",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("object", String(500), nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_by", String(200), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("title", String(500), nullable=False, default=""),
    Column("status", String(16), nullable=False, default="received"),
    Column("reason", Text),
    Column("code", String(64)),
    Column("pages", Integer),
    Column("chunks", Integer),
    Column("text", String(500), nullable=False, default="", index=True),
)

# Written with the row that lets go of the bytes, so that a crash in between leaves nothing behind.
discarded = Table(
    "discarded", metadata, Column("object", String(500), primary_key=True), Column("document_id", String(32))
)

# What stays of a removed document; `forgotten` once its chunks and vectors are gone, `gone_at` when its bytes are too.
removals = Table(
    "removals",
    metadata,
    Column("document_id", String(32), primary_key=True),
    Column("workspace", String(200), nullable=False),
    Column("by", String(200), nullable=False),
    Column("removed_at", Utc, nullable=False),
    Column("forgotten", Boolean, nullable=False, default=False),
    Column("gone_at", Utc),
    Column("revisions", Integer, nullable=False),
    Column("chunks", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
)

outgoing = outbox_table(metadata)


def state(row: Row[tuple[object, ...]], **changes: object) -> DocumentState:
    """A document's row as others see it."""
    return DocumentState.model_validate({name: row._mapping[name] for name in DocumentState.model_fields} | changes)
