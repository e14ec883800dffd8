"""Whether an acknowledgement speaks of an envelope, which its kind told; references of orders in words of no syntax."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

RENAMED = (
    ("purchase_order", "source_control_number", "source_reference"),
    ("order_document", "control_number", "reference"),
    ("order_event", "control_number", "reference"),
)


def upgrade() -> None:
    op.add_column("owed", sa.Column("of_envelope", sa.Boolean(), nullable=False, server_default=sa.false()))
    owed = sa.table("owed", sa.column("of_envelope", sa.Boolean()), sa.column("kind"), sa.column("debtor"))
    spoken = sa.and_(owed.c.kind == "TA1", owed.c.debtor == "partner")
    op.execute(sa.update(owed).where(spoken).values(of_envelope=sa.true()))
    for table, before, after in RENAMED:
        op.alter_column(table, before, new_column_name=after)


def downgrade() -> None:
    for table, before, after in RENAMED:
        op.alter_column(table, after, new_column_name=before)
    op.drop_column("owed", "of_envelope")
