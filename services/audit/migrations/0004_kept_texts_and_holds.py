"""Kept texts under a key per person, readings that two people agree on, and legal holds."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0004"
down_revision = "audit_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "content_keys",
        sa.Column("person", sa.String(256), primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "content",
        sa.Column("query", sa.String(64), primary_key=True),
        sa.Column("field", sa.String(16), primary_key=True),
        sa.Column("person", sa.String(256), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("content_person", "content", ["person", "at"])
    op.create_index("content_at", "content", ["at"])
    op.create_table(
        "content_requests",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("query", sa.String(64), nullable=False),
        sa.Column("by", sa.String(256), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("agreed_by", sa.String(256), nullable=False),
    )
    op.create_table(
        "holds",
        sa.Column("about", sa.String(128), primary_key=True),
        sa.Column("by", sa.String(256), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in ("holds", "content_requests", "content", "content_keys"):
        op.drop_table(table)
