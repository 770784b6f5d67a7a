"""The issuer's public keys as they were last seen."""

import sqlalchemy as sa
from alembic import op

from shared.sql.utc import Utc

revision = "auth_issuer_keys"
down_revision = "auth_moments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_keys",
        sa.Column("issuer", sa.String(1024), primary_key=True),
        sa.Column("about", sa.JSON, nullable=False),
        sa.Column("jwks", sa.JSON, nullable=False),
        sa.Column("seen_at", Utc, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("issuer_keys")
