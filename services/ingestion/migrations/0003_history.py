"""What is kept of older revisions and of removed documents, and how often a revision was begun."""

import sqlalchemy as sa
from alembic import op

revision = "ingestion_0003"
down_revision = "ingestion_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("begun", sa.Integer, nullable=False, server_default="0"))
    op.add_column("documents", sa.Column("amended", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("revisions", sa.Column("text", sa.String(500), nullable=False, server_default=""))
    op.add_column("discarded", sa.Column("document_id", sa.String(32)))
    op.create_table(
        "removals",
        sa.Column("document_id", sa.String(32), primary_key=True),
        sa.Column("workspace", sa.String(200), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
        sa.Column("revisions", sa.Integer, nullable=False),
        sa.Column("chunks", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("removals")
    for table, column in (
        ("discarded", "document_id"),
        ("revisions", "text"),
        ("documents", "amended"),
        ("documents", "begun"),
    ):
        op.drop_column(table, column)
