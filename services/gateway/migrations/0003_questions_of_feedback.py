"""What was asked and cited, beside what was thought of the answer."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0003"
down_revision = "gateway_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("feedback", sa.Column("question", sa.Text, nullable=False, server_default=""))
    op.add_column("feedback", sa.Column("workspaces", sa.JSON, nullable=False, server_default="[]"))
    op.add_column("feedback", sa.Column("title", sa.String(500)))
    op.add_column("feedback", sa.Column("page", sa.Integer))
    op.create_index("feedback_at", "feedback", ["at"])


def downgrade() -> None:
    op.drop_index("feedback_at", "feedback")
    for name in ("page", "title", "workspaces", "question"):
        op.drop_column("feedback", name)
