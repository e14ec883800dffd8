"""Jobs and deliveries are claimed in fair turns: a job says whose it is, and indexes find what waits by owner."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ALIVE = sa.text("state != 'dead'")
DUE = sa.text("next_attempt_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("job", sa.Column("owner", sa.String(length=40), server_default="", nullable=False))
    op.execute(
        "UPDATE job SET owner = COALESCE((SELECT partner FROM message WHERE message.id = job.payload), '')"
        " WHERE kind IN ('process-inbound', 'process-large')"
    )
    op.drop_index("ix_job_due", "job")
    op.create_index("ix_job_lane", "job", ["kind", "owner", "due_at", "id"], sqlite_where=ALIVE, postgresql_where=ALIVE)
    op.create_index(
        "ix_delivery_lane",
        "delivery",
        ["partner", "next_attempt_at", "message"],
        sqlite_where=DUE,
        postgresql_where=DUE,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_lane", "delivery")
    op.drop_index("ix_job_lane", "job")
    op.create_index("ix_job_due", "job", ["due_at", "id"], sqlite_where=ALIVE, postgresql_where=ALIVE)
    op.drop_column("job", "owner")
