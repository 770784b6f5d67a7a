"""The log's tables. Leaves, full tiles and batches are only ever added: triggers refuse the rest."""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    cast,
    text,
)

metadata = MetaData()


class Octets(TypeDecorator[bytes]):
    """A column of bytes that is read as bytes, also where whoever changed it by hand left a text."""

    impl = LargeBinary
    cache_ok = True

    def column_expression(self, column: ColumnElement[bytes]) -> ColumnElement[bytes]:
        return cast(column, LargeBinary)


# Records about the log itself, which have an index of their own: a planner uses it for a query with this very term.
OWN = "substr(subject, 1, 6) = 'audit.'"
NUMBER = BigInteger().with_variant(Integer, "sqlite")

# `leaf` is the record, byte for byte as it is hashed; the other columns are there to find it by.
# `at` is in µs since 1970, not the product's type of moments: it must give back the leaf's time to the µs on every
# database, and at a million records 8 bytes in an index cost less than SQLite's text of 26 (decision 40).
# `stamp` is the beginning of the digest: a stream that was lost and made anew counts from 1 again, and its events
# are new ones.
leaves = Table(
    "log_leaves",
    metadata,
    Column("seq", NUMBER, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("stream", String(32), nullable=False),
    Column("stream_seq", BigInteger, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("subject", String(512), nullable=False),
    Column("about", String(256), nullable=False),
    Column("principal", String(256), nullable=False),
    Column("leaf", Octets, nullable=False),
    UniqueConstraint("stream", "stream_seq", "stamp", name="log_once"),
    Index("log_leaves_about", "about", "seq"),
    Index("log_leaves_principal", "principal", "at"),
    Index("log_leaves_own", "seq", sqlite_where=text(OWN), postgresql_where=text(OWN)),
)

# `level` 0 has the hashes of leaves, each higher one those of 256 of the level below; 8,192 bytes when full.
tiles = Table(
    "log_tiles",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("number", NUMBER, primary_key=True),
    Column("hashes", Octets, nullable=False),
)

# How far each reader of the log has come: rules, channels and forwarders, by name.
positions = Table(
    "log_positions",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("seq", BigInteger, nullable=False),
)

# One transaction, one row: `size` leaves after it, and the signed checkpoint that says so.
batches = Table(
    "log_batches",
    metadata,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Index("log_batches_size", "size"),
)
