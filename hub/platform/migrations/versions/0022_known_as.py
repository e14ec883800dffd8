"""What an order is known as, the same for all spellings of its number and release: two of them are one order."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

AT_ONCE = 1_000  # rows


def upgrade() -> None:
    op.add_column("purchase_order", sa.Column("known_as", sa.String(length=640), nullable=False, server_default=""))
    order = sa.table(
        "purchase_order", *(sa.column(name, sa.String()) for name in ("id", "number", "release", "known_as"))
    )
    conn, last = op.get_bind(), ""
    while True:
        asked = sa.select(order.c.id, order.c.number, order.c.release).where(order.c.id > last)
        rows = conn.execute(asked.order_by(order.c.id).limit(AT_ONCE)).all()
        if not rows:
            break
        last = rows[-1].id
        conn.execute(
            sa.update(order).where(order.c.id == sa.bindparam("which")).values(known_as=sa.bindparam("known")),
            [{"which": row.id, "known": _known_as(row.number, row.release)} for row in rows],
        )
    op.create_index("ix_purchase_order_known_as", "purchase_order", ["partner", "known_as", "test"])


def downgrade() -> None:
    op.drop_index("ix_purchase_order_known_as", "purchase_order")
    op.drop_column("purchase_order", "known_as")


def _known_as(number: str, release: str) -> str:
    return f"{_plain(number)}/{_plain(release) if release else ''}"


def _plain(number: str) -> str:
    bare = number.strip()
    return bare.lstrip("0") or "0" if bare.isascii() and bare.isdigit() else bare.upper()
