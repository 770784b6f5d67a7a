"""Who ended a browser's session, for whoever comes with it."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0014"
down_revision = "gateway_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("browser_sessions", sa.Column("ended_at", sa.DateTime(timezone=True)))
    op.add_column("browser_sessions", sa.Column("ended_by", sa.String(200), nullable=False, server_default=""))


def downgrade() -> None:
    op.execute("DELETE FROM browser_sessions WHERE ended_by <> ''")
    op.drop_column("browser_sessions", "ended_by")
    op.drop_column("browser_sessions", "ended_at")
