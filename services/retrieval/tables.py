"""Tables of retrieval: documents, revisions, chunks and outlines that may be found."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from shared.sql.utc import Utc

metadata = MetaData()

# `current` is the revision that may be found, 0 for none; revisions up to `removed` never come back.
# `access` counts the changes of `allow` and `deny`, `amendment` those of title, dates and withdrawal, so that an older
# one that comes late changes nothing.
documents = Table(
    "documents",
    metadata,
    Column("document_id", String(64), primary_key=True),
    Column("current", Integer, nullable=False, default=0),
    Column("removed", Integer, nullable=False, default=0),
    Column("allow", JSON, nullable=False, default=list),
    Column("deny", JSON, nullable=False, default=list),
    Column("access", Integer, nullable=False, default=0),
    Column("withdrawn", Boolean, nullable=False, default=False),
    Column("amendment", Integer, nullable=False, default=0),
)

# `received` is a list of batch numbers. `missing` of the `chunks` have no vector: none of a revision that is not whole,
# or whose vectors are all there and announced. `queued` is when they began to wait, in seconds of the epoch.
revisions = Table(
    "revisions",
    metadata,
    Column("document_id", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("workspace", String(255), nullable=False),
    Column("title", Text, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("batches", Integer, nullable=False),
    Column("received", JSON, nullable=False),
    Column("effective", Utc),
    Column("expires", Utc),
    Column("missing", Integer),
    Column("chunks", Integer),
    Column("queued", Float),
    ForeignKeyConstraint(["document_id"], ["documents.document_id"], ondelete="CASCADE"),
)

# `id` is the point's; `terms` are its 32-bit term hashes. `embedded`: its vector is in the index. Somebody makes the
# vector until `claimed`, in seconds of the epoch.
chunks = Table(
    "chunks",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("document_id", String(64), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("page", Integer, nullable=False),
    Column("heading", JSON, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("terms", LargeBinary, nullable=False),
    Column("embedded", Boolean, nullable=False, default=False),
    Column("claimed", Float),
    ForeignKeyConstraint(
        ["document_id", "revision"], ["revisions.document_id", "revisions.revision"], ondelete="CASCADE"
    ),
    Index("chunks_of_revision", "document_id", "revision", "n"),
)

# The headings of a revision: `lines` of page, tab, heading; `folded` is what is looked for, all of a revision at once.
outlines = Table(
    "outlines",
    metadata,
    Column("document_id", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("workspace", String(255), nullable=False),
    Column("folded", Text, nullable=False),
    Column("lines", Text, nullable=False),
    ForeignKeyConstraint(
        ["document_id", "revision"], ["revisions.document_id", "revisions.revision"], ondelete="CASCADE"
    ),
)

# `embedder` is the setting that an index was made with; the live one is searched.
indexes = Table(
    "indexes",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("embedder", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("live", Boolean, nullable=False),
)
