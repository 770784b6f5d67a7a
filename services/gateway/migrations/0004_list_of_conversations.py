"""Conversations get a title and can be listed; a turn keeps its citations and how it ended."""

import sqlalchemy as sa
from alembic import op

revision = "gateway_0004"
down_revision = "gateway_0003"
branch_labels = None
depends_on = None

FILLED = """
INSERT INTO conversations (principal, conversation, title, pinned, created_at, updated_at)
SELECT t.principal, t.conversation, substr(f.question, 1, 200), false, f.at, max(t.at)
FROM turns t JOIN turns f ON f.id = (
  SELECT min(id) FROM turns WHERE principal = t.principal AND conversation = t.conversation)
GROUP BY t.principal, t.conversation, f.question, f.at
"""


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("principal", sa.String(200), primary_key=True),
        sa.Column("conversation", sa.String(64), primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("conversations_newest", "conversations", ["principal", "updated_at"])
    op.execute(FILLED)
    op.add_column("turns", sa.Column("citations", sa.Text, nullable=False, server_default="[]"))
    op.add_column("turns", sa.Column("error", sa.Text, nullable=False, server_default=""))
    op.add_column("turns", sa.Column("finish", sa.String(20), nullable=False, server_default="stop"))


def downgrade() -> None:
    for name in ("finish", "error", "citations"):
        op.drop_column("turns", name)
    op.drop_index("conversations_newest", "conversations")
    op.drop_table("conversations")
