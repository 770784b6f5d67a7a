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
    with op.batch_alter_table("revisions") as table:
        for name in DATES:
            table.drop_column(name)
            table.alter_column(f"{name}_at", new_column_name=name)


def downgrade() -> None:
    raise NotImplementedError("The dates stay moments.")
