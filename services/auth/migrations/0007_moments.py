"""Times are moments in UTC, as everywhere; they were seconds since 1970."""

from shared.migrations.moments import to_moments

revision = "auth_moments"
down_revision = "auth_bans"
branch_labels = None
depends_on = None
REQUIRED = {
    "users": ["created_at"], "workspaces": ["created_at"], "keys": ["created_at"], "secrets": ["created_at"],
    "ended_sessions": ["until"], "bans": ["until"],
}  # fmt: skip
OPTIONAL = {
    "users": ["removed_at", "locked_at"], "workspaces": ["removed_at"], "keys": ["expires_at"],
    "secrets": ["expires_at"],
}  # fmt: skip


def upgrade() -> None:
    for table, columns in REQUIRED.items():
        to_moments(table, *columns, required=True)
    for table, columns in OPTIONAL.items():
        to_moments(table, *columns)


def downgrade() -> None:
    raise NotImplementedError("The times stay moments.")
