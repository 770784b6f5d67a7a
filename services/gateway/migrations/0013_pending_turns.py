"""Turns that wait for their answer."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0013"
down_revision = "gateway_0012"
branch_labels = None
depends_on = None
PENDING = sa.text("pending IS NOT NULL")


def upgrade() -> None:
    op.add_column("turns", sa.Column("pending", sa.Text))
    op.create_index("turns_pending", "turns", ["id"], sqlite_where=PENDING, postgresql_where=PENDING)


def downgrade() -> None:
    op.execute("DELETE FROM turns WHERE pending IS NOT NULL")
    op.drop_index("turns_pending", "turns")
    op.drop_column("turns", "pending")
