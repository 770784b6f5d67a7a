"""Which chunks have no vector yet; what was placed before had its vectors first."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chunks", sa.Column("embedded", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("chunks", sa.Column("claimed", sa.Float))
    op.add_column("revisions", sa.Column("missing", sa.Integer))
    op.add_column("revisions", sa.Column("chunks", sa.Integer))
    op.add_column("revisions", sa.Column("queued", sa.Float))


def downgrade() -> None:
    for column in ("queued", "chunks", "missing"):
        op.drop_column("revisions", column)
    for column in ("claimed", "embedded"):
        op.drop_column("chunks", column)
