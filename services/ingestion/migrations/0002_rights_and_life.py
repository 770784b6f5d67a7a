"""Rights on a document, its owner and review, what was taken out of it, and what each revision was."""

import sqlalchemy as sa
from alembic import op

revision = "ingestion_0002"
down_revision = "ingestion_0001"
branch_labels = None
depends_on = None

DOCUMENTS = (
    sa.Column("allow", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("deny", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("access", sa.Integer, nullable=False, server_default="0"),
    sa.Column("owner", sa.String(200)),
    sa.Column("review", sa.DateTime(timezone=True)),
    sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("progress", sa.Float),
    sa.Column("taken_out", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("parent", sa.String(32)),
)
REVISIONS = (
    sa.Column("title", sa.String(500), nullable=False, server_default=""),
    sa.Column("status", sa.String(16), nullable=False, server_default="indexed"),
    sa.Column("reason", sa.Text),
    sa.Column("pages", sa.Integer),
    sa.Column("chunks", sa.Integer),
)


def upgrade() -> None:
    for table, columns in (("documents", DOCUMENTS), ("revisions", REVISIONS)):
        for column in columns:
            op.add_column(table, column)
    op.create_index("ix_documents_parent", "documents", ["parent"])


def downgrade() -> None:
    op.drop_index("ix_documents_parent", "documents")
    for table, columns in (("documents", DOCUMENTS), ("revisions", REVISIONS)):
        for column in columns:
            op.drop_column(table, column.name)
