"""What a customer says of an order as a whole: where it goes, its own numbers, terms. Older orders say none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("purchase_order", sa.Column("conditions", sa.Text()))


def downgrade() -> None:
    op.drop_column("purchase_order", "conditions")
