"""The Merkle log, and the triggers that let nobody change or delete what is in it."""

import sqlalchemy as sa
from alembic import op

revision = "audit_0002"
down_revision = "audit_0001"
branch_labels = None
depends_on = None

WORDS = "the audit log is append-only"
# A tile that is not full yet grows; leaves below the horizon are in an archive and may go.
GUARDS = {
    "log_leaves": {"UPDATE": "", "DELETE": "WHEN OLD.seq > (SELECT seq FROM log_horizon)"},
    "log_tiles": {"UPDATE": "WHEN length(OLD.hashes) >= length(NEW.hashes)", "DELETE": ""},
    "log_batches": {"UPDATE": "", "DELETE": ""},
}
SQLITE = "CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} {when} BEGIN SELECT RAISE(ABORT, '{words}'); END"
FUNCTION = f"CREATE FUNCTION log_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$"
BELOW = """CREATE FUNCTION log_keep_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF OLD.seq > (SELECT seq FROM log_horizon) THEN RAISE EXCEPTION 'the audit log is append-only'; END IF; RETURN OLD;
END $$"""


def upgrade() -> None:
    _tables()
    op.execute("INSERT INTO log_horizon (id, seq) VALUES (1, 0)")
    for statement in _postgres() if op.get_bind().dialect.name == "postgresql" else _sqlite():
        op.execute(statement)


def _tables() -> None:
    number, big = sa.BigInteger().with_variant(sa.Integer, "sqlite"), sa.BigInteger
    op.create_table(
        "log_leaves",
        sa.Column("seq", number, primary_key=True, autoincrement=False),
        sa.Column("at", big, nullable=False),
        sa.Column("stream", sa.String(32), nullable=False),
        sa.Column("stream_seq", big, nullable=False),
        sa.Column("stamp", big, nullable=False),
        sa.Column("subject", sa.String(512), nullable=False),
        sa.Column("about", sa.String(256), nullable=False),
        sa.Column("principal", sa.String(256), nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("stream", "stream_seq", "stamp", name="log_once"),
    )
    op.create_index("log_leaves_about", "log_leaves", ["about", "seq"])
    op.create_index("log_leaves_principal", "log_leaves", ["principal", "at"])
    op.create_table(
        "log_tiles",
        sa.Column("level", sa.Integer, primary_key=True),
        sa.Column("number", number, primary_key=True),
        sa.Column("hashes", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "log_batches",
        sa.Column("number", number, primary_key=True, autoincrement=False),
        sa.Column("first", big, nullable=False),
        sa.Column("size", big, nullable=False),
        sa.Column("at", big, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("log_batches_size", "log_batches", ["size"])
    op.create_table("log_horizon", sa.Column("id", sa.Integer, primary_key=True), sa.Column("seq", big, nullable=False))


def _sqlite() -> list[str]:
    acts = [(table, act, when) for table, guard in GUARDS.items() for act, when in guard.items()]
    return [SQLITE.format(table=table, act=act, when=when, words=WORDS) for table, act, when in acts]


def _postgres() -> list[str]:
    keep = "CREATE TRIGGER {0} BEFORE {1} ON {2} FOR EACH {3} {4} EXECUTE FUNCTION {5}()"
    return [
        FUNCTION,
        BELOW,
        keep.format("leaves_keep", "UPDATE", "log_leaves", "ROW", "", "log_keep"),
        keep.format("leaves_keep_new", "DELETE", "log_leaves", "ROW", "", "log_keep_new"),
        keep.format("leaves_whole", "TRUNCATE", "log_leaves", "STATEMENT", "", "log_keep"),
        keep.format(
            "tiles_keep", "UPDATE", "log_tiles", "ROW", "WHEN (length(OLD.hashes) >= length(NEW.hashes))", "log_keep"
        ),
        keep.format("tiles_whole", "DELETE OR TRUNCATE", "log_tiles", "STATEMENT", "", "log_keep"),
        keep.format("batches_keep", "UPDATE OR DELETE OR TRUNCATE", "log_batches", "STATEMENT", "", "log_keep"),
    ]


def downgrade() -> None:
    raise RuntimeError("The audit log is never taken away by a migration.")
