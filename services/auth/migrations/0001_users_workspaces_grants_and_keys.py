"""Users, workspaces, grants, keys, and the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "auth_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _workspaces()
    _keys()
    number = op.create_table("version", sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False))
    op.bulk_insert(number, [{"number": 0}])


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("username", sa.String(63), primary_key=True),
        sa.Column("uid", sa.String(32), nullable=False, unique=True),
        sa.Column("password", sa.String(255), nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
    )
    op.create_table(
        "members",
        sa.Column("username", sa.String(63), sa.ForeignKey("users.username"), primary_key=True),
        sa.Column("group", sa.String(64), primary_key=True),
        sa.Column("place", sa.Integer, nullable=False),
    )


def _workspaces() -> None:
    op.create_table(
        "workspaces",
        sa.Column("name", sa.String(63), primary_key=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("removed_at", sa.BigInteger),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("workspace", sa.String(63), sa.ForeignKey("workspaces.name"), nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("actions", sa.JSON, nullable=False),
    )


def _keys() -> None:
    op.create_table(
        "keys",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("workspaces", sa.JSON, nullable=False),
        sa.Column("bus", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for table in ("outbox", "keys", "grants", "version", "workspaces", "members", "users"):
        op.drop_table(table)
