"""The headings of revisions, of those that are there from their chunks; with a new revision they are complete."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
LONGEST, MOST, APART, AT_ONCE = 300, 2_000, " › ", 500
CHUNKS = """
SELECT c.document_id, c.revision, r.workspace, c.page, c.heading FROM chunks c
JOIN revisions r ON r.document_id = c.document_id AND r.revision = c.revision ORDER BY c.n
"""


def upgrade() -> None:
    made = op.create_table(
        "outlines",
        sa.Column("document_id", sa.String(64), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("workspace", sa.String(255), nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "revision"], ["revisions.document_id", "revisions.revision"], ondelete="CASCADE"
        ),
    )
    found: dict[tuple[str, int, str], dict[str, int]] = {}
    for row in op.get_bind().execute(sa.text(CHUNKS)):
        headings = found.setdefault((row.document_id, row.revision, row.workspace), {})
        for heading in _each(row.heading):
            headings.setdefault(heading, row.page)
    fresh = [_row(key, headings) for key, headings in found.items() if headings]
    for at in range(0, len(fresh), AT_ONCE):
        op.bulk_insert(made, fresh[at : at + AT_ONCE])


def _row(key: tuple[str, int, str], headings: dict[str, int]) -> dict[str, Any]:
    lines = "\n".join(f"{page}\t{heading}" for heading, page in [*headings.items()][:MOST])
    document, number, workspace = key
    about = {"document_id": document, "revision": number, "workspace": workspace}
    return about | {"lines": lines, "folded": lines.casefold()}


def _each(kept: Any) -> list[str]:
    path = json.loads(kept) if isinstance(kept, str) else kept
    wholes = (" ".join(APART.join(path[:depth]).split()) for depth in range(1, len(path) + 1))
    return [whole if len(whole) <= LONGEST else "…" + whole[1 - LONGEST :] for whole in wholes if whole]


def downgrade() -> None:
    op.drop_table("outlines")
