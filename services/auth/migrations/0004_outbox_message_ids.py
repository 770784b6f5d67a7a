"""An id for each message of the outbox, the same however often it is published."""

import sqlalchemy as sa
from alembic import op

revision = "auth_outbox_message_ids"
down_revision = "auth_ended_sessions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("message_id", sa.String(36), nullable=False, server_default=""))
    op.execute("UPDATE outbox SET message_id = 'auth.outbox.' || id")


def downgrade() -> None:
    op.drop_column("outbox", "message_id")
