"""The trail's one table. Rows are only ever added: triggers of the first migration refuse the rest."""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, UniqueConstraint

from shared.utc import Utc

metadata = MetaData()

# The digest is part of what makes a row one: a stream that was lost and made anew counts from 1 again,
# and its events are new ones.
trail = Table(
    "trail",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
    Column("stream", String(32), nullable=False),
    Column("stream_seq", BigInteger, nullable=False),
    Column("subject", String(512), nullable=False),
    Column("event_id", String(256), nullable=False),
    Column("source", String(256), nullable=False),
    Column("about", String(256), nullable=False),
    Column("principal", String(256), nullable=False),
    Column("size", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    UniqueConstraint("stream", "stream_seq", "digest", name="once"),
    Index("trail_about", "about", "seq"),
)
