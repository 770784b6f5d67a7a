"""Sign-ins of Keycloak that ended before their tokens."""

import sqlalchemy as sa
from alembic import op

revision = "auth_ended_sessions"
down_revision = "auth_identities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_sessions",
        sa.Column("session", sa.String(255), primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("ended_sessions")
