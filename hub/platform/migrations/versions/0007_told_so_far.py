"""A message of many interchanges is acknowledged in portions: it says how far that has come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("message", sa.Column("acknowledged_to", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("message", "acknowledged_to")
