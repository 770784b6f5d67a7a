"""What may be found, and its text."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("document_id", sa.String(64), primary_key=True),
        sa.Column("current", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
    )
    op.create_table(
        "revisions",
        sa.Column(
            "document_id", sa.String(64), sa.ForeignKey("documents.document_id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(255), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("batches", sa.Integer, nullable=False),
        sa.Column("received", sa.JSON, nullable=False),
        sa.Column("effective", sa.Float),
        sa.Column("expires", sa.Float),
    )
    op.create_table("chunks", *_chunk_columns(), _of_revision())
    op.create_index("chunks_of_revision", "chunks", ["document_id", "revision", "n"])


def _chunk_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("document_id", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("heading", sa.JSON, nullable=False),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("end", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("terms", sa.LargeBinary, nullable=False),
    ]


def _of_revision() -> sa.ForeignKeyConstraint:
    ours, theirs = ["document_id", "revision"], ["revisions.document_id", "revisions.revision"]
    return sa.ForeignKeyConstraint(ours, theirs, ondelete="CASCADE")
