"""Who is kept out for a time."""

import sqlalchemy as sa
from alembic import op

revision = "auth_bans"
down_revision = "auth_rights"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bans",
        sa.Column("principal", sa.String(80), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("bans")
