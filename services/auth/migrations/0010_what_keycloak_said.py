"""Groups and roles as Keycloak last had them, so that those given in Cloister are told apart."""

import sqlalchemy as sa
from alembic import op

revision = "auth_what_keycloak_said"
down_revision = "auth_own_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("groups", "roles"):
        op.add_column("identities", sa.Column(name, sa.JSON))


def downgrade() -> None:
    for name in ("groups", "roles"):
        op.drop_column("identities", name)
