"""What is sent once more is delivered anew: how it was delivered before is kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = ("none", "ready", "sent", "delivered", "failed")


def upgrade() -> None:
    op.create_table(
        "earlier_delivery",
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("read_at", columns.Instant(), nullable=True),
        sa.Column("received_at", columns.Instant(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ended_at", columns.Instant(), nullable=False),
        sa.CheckConstraint(" OR ".join(f"state = '{word}'" for word in STATES), name=op.f("ck_earlier_delivery_state")),
        sa.ForeignKeyConstraint(["message"], ["delivery.message"], name=op.f("fk_earlier_delivery_message_delivery")),
        sa.PrimaryKeyConstraint("message", "number", name=op.f("pk_earlier_delivery")),
    )


def downgrade() -> None:
    op.drop_table("earlier_delivery")
