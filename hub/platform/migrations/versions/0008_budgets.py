"""What each partner stores is counted by hour, so that it can have a budget."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_in_hour",
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partner", "hour", name=op.f("pk_spent_in_hour")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("spent_in_hour")
