"""Users and groups that Keycloak brings, by its own ids."""

import sqlalchemy as sa
from alembic import op

revision = "auth_identities"
down_revision = "auth_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("username", sa.String(63), sa.ForeignKey("users.username"), nullable=False, unique=True),
        sa.Column("enabled", sa.Boolean, nullable=False),
    )
    op.create_table(
        "directory_groups",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
    )


def downgrade() -> None:
    op.drop_table("directory_groups")
    op.drop_table("identities")
