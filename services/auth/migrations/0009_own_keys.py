"""Keys that people make for themselves."""

import sqlalchemy as sa
from alembic import op

revision = "auth_own_keys"
down_revision = "auth_issuer_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "own_keys",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("username", sa.String(63), sa.ForeignKey("users.username"), nullable=False, index=True),
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("workspaces", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("own_keys")
