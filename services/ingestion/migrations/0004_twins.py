"""Documents of one title or of the same bytes, of which one is hidden from the uploader of the other."""

import sqlalchemy as sa
from alembic import op

revision = "ingestion_0004"
down_revision = "ingestion_0003"
branch_labels = None
depends_on = None

ALIKE = {"one_title": ["workspace", "title"], "same_bytes": ["workspace", "sha256"]}


def upgrade() -> None:
    with op.batch_alter_table("documents") as table:
        table.add_column(sa.Column("twin", sa.String(32), nullable=False, server_default=""))
        for name, columns in ALIKE.items():
            table.drop_constraint(name, type_="unique")
            table.create_unique_constraint(name, [*columns, "twin"])


def downgrade() -> None:
    with op.batch_alter_table("documents") as table:
        for name, columns in ALIKE.items():
            table.drop_constraint(name, type_="unique")
            table.create_unique_constraint(name, columns)
        table.drop_column("twin")
