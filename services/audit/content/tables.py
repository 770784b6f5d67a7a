"""Tables of kept texts: keys of persons, sealed texts, and readings that two people must agree on."""

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text

from services.audit.log.tables import Octets

metadata = MetaData()

# A person's key, encrypted with the master key. Without its row nothing of that person can be read any more.
content_keys = Table(
    "content_keys",
    metadata,
    Column("person", String(256), primary_key=True),
    Column("wrapped", Octets, nullable=False),
)

# `at` is in µs; `field` is question or answer.
content = Table(
    "content",
    metadata,
    Column("query", String(64), primary_key=True),
    Column("field", String(16), primary_key=True),
    Column("person", String(256), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("sealed", Octets, nullable=False),
    Index("content_person", "person", "at"),
    Index("content_at", "at"),
)

content_requests = Table(
    "content_requests",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("query", String(64), nullable=False),
    Column("by", String(256), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("agreed_by", String(256), nullable=False, default=""),
)
