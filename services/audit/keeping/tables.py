"""The table of legal holds."""

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text

metadata = MetaData()

# `about` is person:…, app:…, workspace:… or query:…; `at` is in µs.
holds = Table(
    "holds",
    metadata,
    Column("about", String(128), primary_key=True),
    Column("by", String(256), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
