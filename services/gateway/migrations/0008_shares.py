"""Conversations that are shared with colleagues."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0008"
down_revision = "gateway_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shares",
        sa.Column("principal", sa.String(200), primary_key=True),
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("reader", sa.String(200), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("shares_of_reader", "shares", ["reader"])


def downgrade() -> None:
    op.drop_table("shares")
