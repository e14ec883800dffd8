"""Acknowledgements that are awaited become duties, beside those that we have: one table of what is owed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = ("none", "awaited", "accepted", "partly", "rejected", "overdue")


def _one_of(column: str, *words: str) -> sa.CheckConstraint:
    spelled_out = " OR ".join(f"{column} = '{word}'" for word in words)
    return sa.CheckConstraint(spelled_out, name=op.f(f"ck_owed_{column}"))


def upgrade() -> None:
    op.create_table(
        "owed",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("debtor", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("cause_kind", sa.String(length=20), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("cause_position", sa.Integer(), nullable=True),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("done_by", sa.String(length=36), nullable=True),
        sa.Column("done_at", columns.Instant(), nullable=True),
        _one_of("debtor", "partner", "us"),
        _one_of("state", *STATES, "done"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owed")),
    )
    op.execute(  # in the order they were expected: of two groups of one number the later one is meant
        "INSERT INTO owed (partner, debtor, kind, reference, cause_kind, cause, due_at, state, done_by) "
        "SELECT partner, 'partner', kind, "
        "CASE WHEN functional_group = '' THEN CAST(control_number AS VARCHAR(9)) "
        "ELSE functional_group || ' ' || CAST(control_number AS VARCHAR(9)) END, "
        "'message', message, due_at, state, acknowledged_by FROM expected_acknowledgement ORDER BY id"
    )
    with op.batch_alter_table("owed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_owed_cause"), ["cause"], unique=False)
        batch_op.create_index("ix_owed_reference", ["partner", "reference"], unique=False)
        batch_op.create_index(
            "ix_owed_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'awaited'"),
            postgresql_where=sa.text("state = 'awaited'"),
        )
    op.drop_table("expected_acknowledgement")


def downgrade() -> None:
    op.create_table(
        "expected_acknowledgement",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("functional_group", sa.String(length=4), nullable=False),
        sa.Column("control_number", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("due_at", columns.Instant(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=36), nullable=True),
        sa.CheckConstraint(
            " OR ".join(f"state = '{word}'" for word in STATES), name=op.f("ck_expected_acknowledgement_state")
        ),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_expected_acknowledgement_message_message")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_expected_acknowledgement")),
    )
    space = "strpos(reference, ' ')" if op.get_bind().dialect.name == "postgresql" else "instr(reference, ' ')"
    op.execute(
        "INSERT INTO expected_acknowledgement "
        "(partner, kind, functional_group, control_number, message, due_at, state, acknowledged_by) "
        f"SELECT partner, kind, CASE WHEN {space} = 0 THEN '' ELSE substr(reference, 1, {space} - 1) END, "
        f"CAST(substr(reference, {space} + 1) AS INTEGER), cause, due_at, state, done_by "
        "FROM owed WHERE debtor = 'partner' ORDER BY id"
    )
    with op.batch_alter_table("expected_acknowledgement", schema=None) as batch_op:
        batch_op.create_index(
            "ix_expected_acknowledgement_due",
            ["due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'awaited'"),
            postgresql_where=sa.text("state = 'awaited'"),
        )
        batch_op.create_index(batch_op.f("ix_expected_acknowledgement_message"), ["message"], unique=False)
        batch_op.create_index(
            "ix_expected_acknowledgement_number", ["partner", "control_number", "functional_group"], unique=False
        )
    op.drop_table("owed")
