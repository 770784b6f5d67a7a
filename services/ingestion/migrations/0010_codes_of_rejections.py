"""Why a revision was rejected as a stable code, beside the sentence; those of before have the sentence alone."""

import sqlalchemy as sa
from alembic import op

revision = "ingestion_0010"
down_revision = "ingestion_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("documents", "revisions"):
        op.add_column(table, sa.Column("code", sa.String(64)))


def downgrade() -> None:
    for table in ("revisions", "documents"):
        op.drop_column(table, "code")
