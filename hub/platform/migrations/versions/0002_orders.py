"""Orders: what stands, what was said to each line, and the history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from hub.platform import columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _purchase_order()
    _order_document()
    _order_event()
    _order_line()
    _order_promise()


def downgrade() -> None:
    for table in ("order_promise", "order_line", "order_event", "order_document", "purchase_order"):
        op.drop_table(table)


def _purchase_order() -> None:
    op.create_table(
        "purchase_order",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("partner", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=100), nullable=False),
        sa.Column("release", sa.String(length=100), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seller_order", sa.String(length=30), nullable=True),
        sa.Column("placed", sa.Date(), nullable=True),
        sa.Column("contract", sa.String(length=100), nullable=True),
        sa.Column("currency", sa.String(length=100), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("source_message", sa.String(length=36), nullable=False),
        sa.Column("source_position", sa.Integer(), nullable=False),
        sa.Column("source_control_number", sa.Text(), nullable=True),
        sa.Column("requirements", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("received_at", columns.Instant(), nullable=False),
        sa.Column("changed_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order")),
        sa.UniqueConstraint(
            "partner", "number", "release", "test", name=op.f("uq_purchase_order_partner_number_release_test")
        ),
    )
    op.create_index("ix_purchase_order_partner_id", "purchase_order", ["partner", "id"], unique=False)
    op.create_index("ix_purchase_order_seller_order", "purchase_order", ["seller_order"], unique=False)


def _order_document() -> None:
    op.create_table(
        "order_document",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=True),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_document_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "message", "position", name=op.f("pk_order_document")),
    )


def _order_event() -> None:
    op.create_table(
        "order_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("at", columns.Instant(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("control_number", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_event_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    op.create_index("ix_order_event_order_id", "order_event", ["order_id", "id"], unique=False)


def _order_line() -> None:
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("ordered", sa.Text(), nullable=True),
        sa.Column("acknowledged", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_line_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_line")),
    )
    op.create_index("ix_order_line_item", "order_line", ["item"], unique=False)


def _order_promise() -> None:
    op.create_table(
        "order_promise",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("line_position", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("deliver", sa.Date(), nullable=True),
        sa.Column("ship", sa.Date(), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], name=op.f("fk_order_promise_order_id_purchase_order")
        ),
        sa.PrimaryKeyConstraint("order_id", "line_position", "position", name=op.f("pk_order_promise")),
    )
