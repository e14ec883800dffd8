"""A partner's interchange numbers may restart: the envelope that had the number before is superseded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BEFORE = ("first", "duplicate", "conflict", "refused")
AFTER = ("first", "superseded", "duplicate", "conflict", "refused")
CHECK = "ck_interchange_judgement"
NUMBER = ["partner", "control_number", "sender", "sender_qualifier", "receiver", "receiver_qualifier"]
FIRST = sa.text("judgement = 'first' AND direction = 'in'")
SUPERSEDED = sa.text("judgement = 'superseded'")


def upgrade() -> None:
    _judged_by(AFTER)
    op.create_index(
        "ix_interchange_superseded",
        "interchange",
        ["partner", "control_number"],
        unique=False,
        sqlite_where=SUPERSEDED,
        postgresql_where=SUPERSEDED,
    )


def downgrade() -> None:
    op.drop_index("ix_interchange_superseded", "interchange")
    op.execute("UPDATE interchange SET judgement = 'conflict' WHERE judgement = 'superseded'")
    _judged_by(BEFORE)


def _judged_by(words: tuple[str, ...]) -> None:
    """Let a judgement be another word. SQLite writes the table anew, and its indexes with it."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(CHECK), "interchange", type_="check")
        op.create_check_constraint(op.f(CHECK), "interchange", _spelt(words))
        return
    op.drop_index("uq_interchange_number", "interchange")
    with op.batch_alter_table("interchange", copy_from=_interchange(words), recreate="always"):
        pass  # the table to be copied is described as it shall be
    op.create_index("uq_interchange_number", "interchange", NUMBER, unique=True, sqlite_where=FIRST)


def _spelt(words: tuple[str, ...]) -> str:
    return " OR ".join(f"judgement = '{word}'" for word in words)


def _interchange(words: tuple[str, ...]) -> sa.Table:
    return sa.Table(
        "interchange",
        sa.MetaData(),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("sender_qualifier", sa.String(length=4), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("receiver_qualifier", sa.String(length=4), nullable=False),
        sa.Column("receiver", sa.String(length=40), nullable=False),
        sa.Column("control_number", sa.Integer(), nullable=False),
        sa.Column("usage", sa.String(length=1), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("judgement", sa.String(length=10), nullable=False),
        sa.Column("first_message", sa.String(length=36), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.CheckConstraint(_spelt(words), name=op.f(CHECK)),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_interchange_message_message")),
        sa.PrimaryKeyConstraint("message", "position", name=op.f("pk_interchange")),
    )
