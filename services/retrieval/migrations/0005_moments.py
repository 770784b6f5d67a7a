"""Dates of revisions are moments in UTC, as everywhere; they were seconds since 1970."""

from shared.migrations.moments import to_moments

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    to_moments("revisions", "effective", "expires")


def downgrade() -> None:
    raise NotImplementedError("The dates stay moments.")
