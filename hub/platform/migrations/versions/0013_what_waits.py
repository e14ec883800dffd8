"""Documents that change something may wait for what came earlier, and for what they change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("waits_for", sa.String(length=10), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("sequence", columns.LONG, nullable=False),
        sa.Column("until", columns.Instant(), nullable=False),
        sa.CheckConstraint("waits_for = 'earlier' OR waits_for = 'subject'", name=op.f("ck_waiting_waits_for")),
        sa.ForeignKeyConstraint(["message"], ["message.id"], name=op.f("fk_waiting_message_message")),
        sa.PrimaryKeyConstraint("message", "position", name=op.f("pk_waiting")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_waiting_partner", "waiting", ["partner", "waits_for", "message"])
    columns_of_subject = ["partner", "subject", "subject_kind", "sequence", "message", "position"]
    op.create_index("ix_waiting_subject", "waiting", columns_of_subject)
    op.create_index("ix_waiting_until", "waiting", ["until"])


def downgrade() -> None:
    op.drop_table("waiting")
