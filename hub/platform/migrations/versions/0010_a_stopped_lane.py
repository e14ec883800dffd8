"""What is in the way of all of a partner's deliveries is kept once, and not with each of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stopped_lane",
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("since", columns.Instant(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("again_at", columns.Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_stopped_lane")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("stopped_lane")
