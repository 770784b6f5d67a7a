"""Which indexes there are, and which of them is searched."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "indexes",
        sa.Column("name", sa.String(255), primary_key=True),
        sa.Column("embedder", sa.Text, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("live", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("indexes")
