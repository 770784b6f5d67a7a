"""Bytes that stand under one title may become the next revision of another."""

from alembic import op

revision = "ingestion_0008"
down_revision = "ingestion_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("documents") as table:
        table.drop_constraint("same_bytes", type_="unique")
    op.create_index("ix_documents_bytes", "documents", ["workspace", "sha256"])


def downgrade() -> None:
    op.drop_index("ix_documents_bytes", "documents")
    with op.batch_alter_table("documents") as table:
        table.create_unique_constraint("same_bytes", ["workspace", "sha256", "twin"])
