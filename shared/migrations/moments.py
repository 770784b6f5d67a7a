"""Columns of seconds since 1970 become moments in UTC, in place: a table made anew takes what refers to it along."""

import sqlalchemy as sa
from alembic import op

MOMENT = {
    # Microseconds, as SQLAlchemy writes them.
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', {0}, 'unixepoch') || '000'",
    "postgresql": "to_timestamp({0})",
}
BEGINNING = "1970-01-01 00:00:00.000000"


def to_moments(table: str, *columns: str, required: bool = False) -> None:
    """`required` columns are NOT NULL; indexes on the columns must be dropped before, and made anew after."""
    moment = MOMENT[op.get_bind().dialect.name]
    for name in columns:
        kind = sa.DateTime(timezone=True)
        default = sa.text(f"'{BEGINNING}'") if required else None
        op.add_column(table, sa.Column(f"{name}_utc", kind, nullable=not required, server_default=default))
        seconds = f'"{name}"'
        op.execute(f"UPDATE {table} SET {name}_utc = {moment.format(seconds)} WHERE {seconds} IS NOT NULL")  # noqa: S608
        op.drop_column(table, name)
        op.execute(f'ALTER TABLE {table} RENAME COLUMN {name}_utc TO "{name}"')
