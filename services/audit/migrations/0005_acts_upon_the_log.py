"""A small index of the records about the log itself: alerts, bans, readings, holds, erasures."""

import sqlalchemy as sa
from alembic import op

from services.audit.log.tables import OWN

revision = "audit_0005"
down_revision = "audit_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    of_them = sa.text(OWN)
    op.create_index("log_leaves_own", "log_leaves", ["seq"], sqlite_where=of_them, postgresql_where=of_them)


def downgrade() -> None:
    op.drop_index("log_leaves_own", "log_leaves")
