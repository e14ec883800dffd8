"""Secrets that a partner signs its messages with, as hashes; and what a body was of which not all bytes are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shared_secret",
        sa.Column("id", sa.String(length=8), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=80)),
        sa.Column("created_at", columns.Instant(), nullable=False),
        sa.Column("expires_at", columns.Instant()),
        sa.Column("revoked_at", columns.Instant()),
        sa.Column("last_used_at", columns.Instant()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_secret")),
    )
    op.create_index("ix_shared_secret_partner", "shared_secret", ["partner"])
    op.add_column("message", sa.Column("came_as", sa.String(length=64)))


def downgrade() -> None:
    op.drop_column("message", "came_as")
    op.drop_table("shared_secret")
