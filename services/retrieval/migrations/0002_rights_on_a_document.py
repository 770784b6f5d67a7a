"""Who may find a document, and whether it is withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = (
    sa.Column("allow", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("deny", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("access", sa.Integer, nullable=False, server_default="0"),
    sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("documents", column)


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column("documents", column.name)
