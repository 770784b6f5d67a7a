"""Tables of auth. `version` counts every change."""

from sqlalchemy import JSON, BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, String, Table, Text

from shared.sql.outbox import outbox_table
from shared.sql.utc import Utc

metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("username", String(63), primary_key=True),
    Column("uid", String(32), nullable=False, unique=True),
    Column("password", String(255), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("removed_at", Utc),
    Column("locked_at", Utc),
)

members = Table(
    "members",
    metadata,
    Column("username", String(63), ForeignKey("users.username"), primary_key=True),
    Column("group", String(64), primary_key=True),
    Column("place", Integer, nullable=False),
)

# Who of the company's directory a user is: `subject` is Keycloak's own id, which it never gives twice; `groups` and
# `roles` as it last had them: what a user has beside them was given here, and stays.
identities = Table(
    "identities",
    metadata,
    Column("subject", String(255), primary_key=True),
    Column("username", String(63), ForeignKey("users.username"), nullable=False, unique=True),
    Column("enabled", Boolean, nullable=False),
    Column("groups", JSON),
    Column("roles", JSON),
)

directory_groups = Table(
    "directory_groups",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("session", String(255), primary_key=True),
    Column("until", Utc, nullable=False),
)

issuer_keys = Table(
    "issuer_keys",
    metadata,
    Column("issuer", String(1024), primary_key=True),
    Column("about", JSON, nullable=False),
    Column("jwks", JSON, nullable=False),
    Column("seen_at", Utc, nullable=False),
)

workspaces = Table(
    "workspaces",
    metadata,
    Column("name", String(63), primary_key=True),
    Column("title", Text, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("removed_at", Utc),
)

grants = Table(
    "grants",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("workspace", String(63), nullable=False),
    Column("holder", String(80), nullable=False),
    Column("actions", JSON, nullable=False),
    Column("deny", Boolean, nullable=False, default=False),
)

keys = Table(
    "keys",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("workspaces", JSON, nullable=False),
    Column("bus", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
    Column("scopes", JSON, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("owner", String(80), nullable=False, default=""),
    Column("asks_after", BigInteger, nullable=False, default=0),
)

secrets = Table(
    "secrets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(64), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc),
)

own_keys = Table(
    "own_keys",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("username", String(63), ForeignKey("users.username"), nullable=False, index=True),
    Column("uid", String(32), nullable=False),
    Column("label", String(40), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("workspaces", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("used_at", Utc),
)

limits = Table(
    "limits",
    metadata,
    Column("holder", String(80), primary_key=True),
    Column("daily", Integer),
    Column("opens", String(5)),
    Column("closes", String(5)),
    Column("days", JSON, nullable=False),
    Column("zone", String(64), nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("principal", String(80), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("number", Integer, nullable=False),
)

topics = Table(
    "topics",
    metadata,
    Column("group", String(64), primary_key=True),
    Column("allow", JSON, nullable=False),
    Column("deny", JSON, nullable=False),
)

bans = Table(
    "bans",
    metadata,
    Column("principal", String(80), primary_key=True),
    Column("until", Utc, nullable=False),
    Column("rule", String(64), nullable=False),
)

version = Table("version", metadata, Column("number", BigInteger, primary_key=True, autoincrement=False))
outbox = outbox_table(metadata)
