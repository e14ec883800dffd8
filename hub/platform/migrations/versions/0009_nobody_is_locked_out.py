"""Bad guesses are not counted in a person's row any more, where anybody could lock anybody out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("person", "failures")
    op.drop_column("person", "locked_until")


def downgrade() -> None:
    op.add_column("person", sa.Column("failures", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("person", sa.Column("locked_until", columns.Instant(), nullable=True))
