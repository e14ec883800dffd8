"""The same bytes are the same message for a while, and not for ever: an unchanged stock is reported again tomorrow."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("uq_message_bytes", table_name="message")
    op.create_table(
        "recent_body",
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("same_until", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("partner", "sha256", name=op.f("pk_recent_body")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_recent_body_same_until", "recent_body", ["same_until"])


def downgrade() -> None:
    op.drop_table("recent_body")
    op.create_index(
        "uq_message_bytes",
        "message",
        ["partner", "sha256"],
        unique=True,
        sqlite_where=sa.text("direction = 'in'"),
        postgresql_where=sa.text("direction = 'in'"),
    )
