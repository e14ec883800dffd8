"""The tables of orders. Columns are for finding; what was said stands whole in the JSON beside them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from hub.business.orders.model import LineState, OrderConditions
from hub.canonical.shared import Requirement
from hub.canonical.shared import Text as Words
from hub.kernel.diagnostics import Diagnostic
from hub.platform.columns import LONG, ExactDecimal, Instant, Json
from hub.platform.database import metadata

ID = String(36)  # UUIDv7 as text
PARTNER = String(40)
KNOWN_AS = String(640)  # a number and a release in capitals, of which one small letter may have three
NUMBER = String(100)  # NUMBER_LENGTH_MAX of decide.py
WORD = String(40)  # a word of one of the tables of model.py

purchase_order = Table(
    "purchase_order",
    metadata,
    Column("id", ID, primary_key=True),
    Column("partner", PARTNER, nullable=False),
    Column("number", NUMBER, nullable=False),
    Column("release", NUMBER, nullable=False),  # "" when the order has none: a unique key with NULL in it is none
    Column("known_as", KNOWN_AS, nullable=False),  # the same for all spellings of number and release
    Column("test", Boolean, nullable=False),
    Column("status", WORD, nullable=False),
    Column("verdict", WORD, nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("seller_order", String(30)),
    Column("placed", Date),
    Column("contract", NUMBER),
    Column("currency", NUMBER),
    Column("line_count", Integer, nullable=False),
    Column("source_message", ID, nullable=False),
    Column("source_position", Integer, nullable=False),
    Column("source_reference", Text),
    Column("conditions", Json(OrderConditions)),  # none of an order of before
    Column("requirements", Json(list[Requirement]), nullable=False),
    Column("notes", Json(list[Words]), nullable=False),
    Column("reasons", Json(list[Diagnostic]), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    UniqueConstraint("partner", "number", "release", "test"),
)
Index("ix_purchase_order_partner_id", purchase_order.c.partner, purchase_order.c.id)
Index("ix_purchase_order_known_as", purchase_order.c.partner, purchase_order.c.known_as, purchase_order.c.test)
Index("ix_purchase_order_seller_order", purchase_order.c.seller_order)

order_line = Table(
    "order_line",
    metadata,
    Column("order_id", ID, ForeignKey("purchase_order.id"), primary_key=True),
    Column("position", Integer, primary_key=True),  # in the order, from 1
    Column("number", Text, nullable=False),  # the buyer's
    Column("verdict", WORD, nullable=False),
    Column("status", WORD, nullable=False),
    Column("item", Text),  # ours
    Column("ordered", ExactDecimal),
    Column("acknowledged", ExactDecimal),
    Column("unit", Text),  # of both
    Column("line", Json(LineState), nullable=False),  # without its promises, which are rows
)
Index("ix_order_line_item", order_line.c.item)

order_promise = Table(
    "order_promise",
    metadata,
    Column("order_id", ID, ForeignKey("purchase_order.id"), primary_key=True),
    Column("line_position", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),  # in the line, from 1
    Column("status", WORD, nullable=False),
    Column("quantity", ExactDecimal),
    Column("unit", Text),
    Column("deliver", Date),  # at the buyer's dock
    Column("ship", Date),  # leaves us
    Column("basis", WORD),
    Column("reason", Text),
)

order_document = Table(
    "order_document",
    metadata,
    Column("order_id", ID, ForeignKey("purchase_order.id"), primary_key=True),
    Column("message", ID, primary_key=True),
    Column("position", Integer, primary_key=True),  # of the document in the message
    Column("role", WORD, nullable=False),
    Column("reference", Text),
    Column("at", Instant, nullable=False),
)

order_event = Table(
    "order_event",
    metadata,
    Column("id", LONG, primary_key=True, autoincrement=True),
    Column("order_id", ID, ForeignKey("purchase_order.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("kind", WORD, nullable=False),
    Column("text", Text, nullable=False),
    Column("message", ID, nullable=False),
    Column("position", Integer, nullable=False),
    Column("reference", Text),
)
Index("ix_order_event_order_id", order_event.c.order_id, order_event.c.id)
