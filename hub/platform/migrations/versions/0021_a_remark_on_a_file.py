"""What a person wrote who has seen to a file that was set aside."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("refused_file", sa.Column("remark", sa.String(length=500)))


def downgrade() -> None:
    op.drop_column("refused_file", "remark")
