"""Tables of the gateway: conversations, turns, shares, attachments, feedback and sessions."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shared.sql.utc import Utc

metadata = MetaData()
PENDING = text("pending IS NOT NULL")

conversations = Table(
    "conversations",
    metadata,
    Column("principal", String(200), primary_key=True),
    Column("conversation", String(64), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("pinned", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Index("conversations_newest", "principal", "updated_at"),
)

# `pending` is what a gateway needs to wait for the answer, as JSON, until it is there.
turns = Table(
    "turns",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("principal", String(200), nullable=False),
    Column("conversation", String(64), nullable=False),
    Column("query", String(64), nullable=False, unique=True),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("workspaces", Text, nullable=False),
    Column("documents", Text, nullable=False, default="[]"),
    Column("at", Utc, nullable=False),
    Column("citations", Text, nullable=False, default="[]"),
    Column("finish", String(20), nullable=False, default="stop"),
    Column("error", Text, nullable=False, default=""),
    Column("sources", Text, nullable=False, default="[]"),
    Column("summarised", Text, nullable=False, default="[]"),
    Column("pending", Text),
    Index("turns_of", "principal", "conversation", "id"),
    Index("turns_pending", "id", sqlite_where=PENDING, postgresql_where=PENDING),
)

# `reader` may read the conversation of `principal`, as far as their own rights cover it.
shares = Table(
    "shares",
    metadata,
    Column("principal", String(200), primary_key=True),
    Column("conversation", String(64), primary_key=True),
    Column("reader", String(200), primary_key=True),
    Column("at", Utc, nullable=False),
    Index("shares_of_reader", "reader"),
)

# Files of one conversation, for who has it alone; `text` is their packed pages. Their bytes are not kept.
attachments = Table(
    "attachments",
    metadata,
    Column("principal", String(200), primary_key=True),
    Column("conversation", String(64), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    Column("text", LargeBinary, nullable=False),
    Column("at", Utc, nullable=False),
)

starting_points = Table(
    "starting_points",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(100), nullable=False, index=True),
    Column("question", String(200), nullable=False),
    Column("at", Utc, nullable=False),
)

# `report` is what its watcher said last, as JSON.
folders = Table(
    "folders",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(100), nullable=False, index=True),
    Column("principal", String(200), nullable=False),
    Column("report", Text, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("query", String(64), nullable=False),
    Column("principal", String(200), nullable=False),
    Column("useful", Boolean, nullable=False),
    Column("comment", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("question", Text, nullable=False, default=""),
    Column("workspaces", JSON, nullable=False, default=list),
    Column("title", String(500)),
    Column("page", Integer),
    UniqueConstraint("query", "principal", name="one_feedback"),
    Index("feedback_at", "at"),
)

# One that somebody else ended is kept until it would have expired, without its tokens: who comes with it hears why.
browser_sessions = Table(
    "browser_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("principal", String(200), nullable=False, index=True),
    Column("way", String(16), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("sealed", Text, nullable=False),
    Column("issuer_session", String(255), nullable=False, index=True),
    Column("created_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False, index=True),
    Column("agent", String(200), nullable=False),
    Column("address", String(64), nullable=False),
    Column("ended_at", Utc),
    Column("ended_by", String(200), nullable=False, default=""),
)

# Persons whose traces before `before` were taken away from these tables.
erasures = Table(
    "erasures",
    metadata,
    Column("person", String(200), primary_key=True),
    Column("before", Utc, primary_key=True),
    Column("by", String(200), nullable=False),
    Column("reason", Text, nullable=False),
)


def in_conversation(table: Table, principal: str, conversation: str) -> ColumnElement[bool]:
    """The rows of somebody's conversation."""
    return (table.c.principal == principal) & (table.c.conversation == conversation)


def same_conversation(one: Table, other: Table) -> ColumnElement[bool]:
    """Rows of both tables that are of one conversation."""
    return (one.c.principal == other.c.principal) & (one.c.conversation == other.c.conversation)
