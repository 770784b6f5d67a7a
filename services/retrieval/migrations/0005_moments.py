"""Dates of revisions are moments in UTC, as everywhere; they were seconds since 1970."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
DATES = "effective", "expires"
MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', {0}, 'unixepoch') || '000'",  # microseconds, as SQLAlchemy writes them
    "postgresql": "to_timestamp({0})",
}


def upgrade() -> None:
    moment = MOMENT[op.get_bind().dialect.name]
    for name in DATES:
        op.add_column("revisions", sa.Column(f"{name}_at", sa.DateTime(timezone=True)))
        op.execute(f"UPDATE revisions SET {name}_at = {moment.format(name)} WHERE {name} IS NOT NULL")  # noqa: S608
        # Both databases do this in place. A batch would make the table anew, and the chunks go with the old one.
        op.drop_column("revisions", name)
        op.execute(f"ALTER TABLE revisions RENAME COLUMN {name}_at TO {name}")


def downgrade() -> None:
    raise NotImplementedError("The dates stay moments.")
