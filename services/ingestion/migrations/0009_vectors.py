"""How much of a document is found by its meaning; what is indexed by now is so whole."""

import sqlalchemy as sa
from alembic import op

revision = "ingestion_0009"
down_revision = "ingestion_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("documents", sa.Column("vectors", sa.Float))
    op.add_column("documents", sa.Column("vectors_due", sa.DateTime(timezone=True)))
    op.execute("UPDATE documents SET vectors = 1.0 WHERE status = 'indexed'")


def downgrade() -> None:
    op.drop_column("documents", "vectors_due")
    op.drop_column("documents", "vectors")
