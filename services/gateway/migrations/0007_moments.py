"""Times of browser sessions are moments in UTC, as everywhere; they were seconds since 1970."""

from alembic import op

from shared.migrations.moments import to_moments

revision = "gateway_0007"
down_revision = "gateway_sources"
branch_labels = None
depends_on = None
INDEX = "ix_browser_sessions_expires_at"


def upgrade() -> None:
    op.drop_index(INDEX, "browser_sessions")
    to_moments("browser_sessions", "created_at", "seen_at", "expires_at", required=True)
    op.create_index(INDEX, "browser_sessions", ["expires_at"])


def downgrade() -> None:
    raise NotImplementedError("The times stay moments.")
