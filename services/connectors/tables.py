"""What connectors own: scheduled questions, and each run of them once."""

from sqlalchemy import JSON, Boolean, Column, MetaData, String, Table, Text, UniqueConstraint

from shared.sql.utc import Utc

metadata = MetaData()

# `owner` is the principal whose rights count at each run; `delivery` says where the answer goes.
schedules = Table(
    "schedules",
    metadata,
    Column("schedule_id", String(32), primary_key=True),
    Column("owner", String(200), nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("question", Text, nullable=False),
    Column("workspace", String(100), nullable=False),
    Column("cron", String(100), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("delivery", JSON, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
)

# `occasion` is what started it: a message of the schedule's, or a signal. A second message of it changes nothing.
runs = Table(
    "runs",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("schedule_id", String(32), nullable=False, index=True),
    Column("occasion", String(200), nullable=False),
    Column("query", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    Column("due_at", Utc, nullable=False),
    Column("ended_at", Utc),
    UniqueConstraint("schedule_id", "occasion", name="once"),
)
