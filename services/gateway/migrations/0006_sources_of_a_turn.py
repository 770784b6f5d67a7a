"""A turn keeps every document that its answer was made from, and the workspaces that it only sums up."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_sources"
down_revision = "gateway_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("turns", sa.Column("sources", sa.Text, nullable=False, server_default="[]"))
    op.add_column("turns", sa.Column("summarised", sa.Text, nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("turns", "summarised")
    op.drop_column("turns", "sources")
