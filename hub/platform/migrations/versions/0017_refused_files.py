"""Files of folders that are set aside, which stood in the log of the program alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "refused_file",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("sha256", sa.String(length=64)),
        sa.Column("dealt_with_at", columns.Instant()),
        sa.Column("dealt_with_by", sa.String(length=120)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_file")),
    )
    op.create_index("ix_refused_file_partner", "refused_file", ["partner", "id"])
    waits = sa.text("dealt_with_at IS NULL")
    op.create_index("ix_refused_file_open", "refused_file", ["id"], sqlite_where=waits, postgresql_where=waits)


def downgrade() -> None:
    op.drop_table("refused_file")
