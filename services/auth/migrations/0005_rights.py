"""Grants that deny, everywhere or in one workspace; keys with scopes, origins and two secrets; limits and topics."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "auth_rights"
down_revision = "auth_outbox_message_ids"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("locked_at", sa.BigInteger))
    _grants()
    _keys()
    _limits()


def _grants() -> None:
    """Anew, without the reference to a workspace: a grant may be for all of them, now and to come."""
    made = op.create_table(
        "granted",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("workspace", sa.String(63), nullable=False),
        sa.Column("holder", sa.String(80), nullable=False),
        sa.Column("actions", sa.JSON, nullable=False),
        sa.Column("deny", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    old = sa.table(
        "grants", *(sa.column(name) for name in ("id", "workspace", "holder")), sa.column("actions", sa.JSON)
    )
    _copy(old, made, "grants", deny=False)


def _keys() -> None:
    kept = op.create_table(
        "secrets",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, index=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    old = sa.table("keys", *(sa.column(name) for name in ("name", "digest", "created_at", "expires_at")))
    rows = [dict(row) | {"id": secrets.token_hex(16)} for row in op.get_bind().execute(sa.select(old)).mappings()]
    if rows:
        op.bulk_insert(kept, [row | {"expires_at": None} for row in rows])
    made = op.create_table(
        "systems",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("workspaces", sa.JSON, nullable=False),
        sa.Column("bus", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("origins", sa.JSON, nullable=False),
        sa.Column("owner", sa.String(80), nullable=False, server_default=""),
        sa.Column("asks_after", sa.BigInteger, nullable=False, server_default="0"),
    )
    names = ("name", "created_at", "expires_at")
    before = sa.table("keys", *map(sa.column, names), sa.column("workspaces", sa.JSON), sa.column("bus", sa.Boolean))
    _copy(before, made, "keys", scopes=["ask", "read"], origins=[], owner="", asks_after=0)


def _copy(old: sa.TableClause, new: sa.Table, name: str, **more: object) -> None:
    rows = [dict(row) | more for row in op.get_bind().execute(sa.select(old)).mappings()]
    if rows:
        op.bulk_insert(new, rows)
    op.drop_table(name)
    op.rename_table(new.name, name)


def _limits() -> None:
    op.create_table(
        "limits",
        sa.Column("holder", sa.String(80), primary_key=True),
        sa.Column("daily", sa.Integer),
        sa.Column("opens", sa.String(5)),
        sa.Column("closes", sa.String(5)),
        sa.Column("days", sa.JSON, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
    )
    op.create_table(
        "calls",
        sa.Column("principal", sa.String(80), primary_key=True),
        sa.Column("day", sa.String(10), primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_table(
        "topics",
        sa.Column("group", sa.String(64), primary_key=True),
        sa.Column("allow", sa.JSON, nullable=False),
        sa.Column("deny", sa.JSON, nullable=False),
    )
