"""Stored page texts are looked up by name when bytes are looked for that no row names."""

from alembic import op

revision = "ingestion_0007"
down_revision = "ingestion_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_revisions_text", "revisions", ["text"])


def downgrade() -> None:
    op.drop_index("ix_revisions_text", "revisions")
