"""Which documents a turn's answer cites; of older turns that cite anything it is not known, so they are let go."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0002"
down_revision = "gateway_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turns", sa.Column("documents", sa.Text, nullable=False, server_default="[]"))
    op.execute("DELETE FROM turns WHERE workspaces <> '[]'")


def downgrade() -> None:
    op.drop_column("turns", "documents")
