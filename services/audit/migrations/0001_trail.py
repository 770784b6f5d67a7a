"""The trail, and the triggers that let nobody change or delete a row of it."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0001"
down_revision = None
branch_labels = None
depends_on = None

WORDS = "the trail is append-only"
SQLITE = "CREATE TRIGGER trail_no_{act} BEFORE {act} ON trail BEGIN SELECT RAISE(ABORT, '{words}'); END"
POSTGRES = (
    f"CREATE FUNCTION trail_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    "CREATE TRIGGER trail_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON trail EXECUTE FUNCTION trail_keep()",
)


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "trail",
        sa.Column("seq", number, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stream", sa.String(32), nullable=False),
        sa.Column("stream_seq", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.String(512), nullable=False),
        sa.Column("event_id", sa.String(256), nullable=False),
        sa.Column("source", sa.String(256), nullable=False),
        sa.Column("about", sa.String(256), nullable=False),
        sa.Column("principal", sa.String(256), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.UniqueConstraint("stream", "stream_seq", "digest", name="once"),
    )
    op.create_index("trail_about", "trail", ["about", "seq"])
    sqlite = [SQLITE.format(act=act, words=WORDS) for act in ("UPDATE", "DELETE")]
    for statement in POSTGRES if op.get_bind().dialect.name == "postgresql" else sqlite:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("The trail is never taken away by a migration.")
