"""An order as the rows that hold it. Pure: rows may be made anywhere, sent about, and written later.

In: an ``OrderState``. Out: a value for each column of ``tables``; JSON is encoded already.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec.structs import replace

from hub.business.orders.alike import known_as
from hub.business.orders.model import (
    Basis,
    LineState,
    LineVerdict,
    OrderState,
    OrderStatus,
    PromiseState,
    Status,
    Verdict,
)
from hub.business.orders.terms import is_plain
from hub.kernel.struct import Struct
from hub.kernel.words import Quantity
from hub.platform.columns import as_json


class OrderRow(Struct):
    """``purchase_order``, but for when it came: that is said where it is written."""

    id: str
    partner: str
    number: str
    release: str
    known_as: str
    test: bool
    status: OrderStatus
    verdict: Verdict
    version: int
    digest: str
    seller_order: str | None
    placed: date | None
    contract: str | None
    currency: str | None
    line_count: int
    source_message: str
    source_position: int
    source_reference: str | None
    conditions: bytes | None
    requirements: bytes
    notes: bytes
    reasons: bytes


class LineRow(Struct):
    """``order_line``."""

    order_id: str
    position: int
    number: str
    verdict: LineVerdict
    status: Status
    item: str | None
    ordered: Decimal | None
    acknowledged: Decimal | None
    unit: str | None
    line: bytes


class PromiseRow(Struct):
    """``order_promise``."""

    order_id: str
    line_position: int
    position: int
    status: Status
    quantity: Decimal | None
    unit: str | None
    deliver: date | None
    ship: date | None
    basis: Basis | None
    reason: str | None


class OrderRows(Struct):
    """All rows of one order."""

    order: OrderRow
    lines: list[LineRow]
    promises: list[PromiseRow]


def rows_of(state: OrderState) -> OrderRows:
    """Return the rows that hold ``state``."""
    return OrderRows(
        order=_order(state),
        lines=[_line(state.id, line) for line in state.lines],
        promises=[
            _promise(state.id, line.position, position, promise)
            for line in state.lines
            for position, promise in enumerate(line.promises, start=1)
        ],
    )


def _order(state: OrderState) -> OrderRow:
    return OrderRow(
        id=state.id,
        partner=state.partner,
        number=state.number,
        release=state.release,
        known_as=known_as(state.number, state.release),
        test=state.test,
        status=state.status,
        verdict=state.verdict,
        version=state.version,
        digest=state.digest,
        seller_order=state.seller_order,
        placed=state.placed,
        contract=state.contract,
        currency=state.currency,
        line_count=len(state.lines),
        source_message=state.source.message,
        source_position=state.source.position,
        source_reference=state.source.reference,
        conditions=as_json(state.conditions) if state.conditions else None,
        requirements=as_json(state.requirements),
        notes=as_json(state.notes),
        reasons=as_json(state.reasons),
    )


def _line(order_id: str, line: LineState) -> LineRow:
    return LineRow(
        order_id=order_id,
        position=line.position,
        number=line.number.replace("\0", ""),  # PostgreSQL's text holds no NUL; ``line`` keeps what was sent
        verdict=line.verdict,
        status=line.status,
        item=line.item,
        ordered=_storable(line.ordered),
        acknowledged=_storable(line.acknowledged),
        unit=line.ordered.unit if line.ordered else None,
        line=as_json(replace(line, promises=[])),
    )


def _promise(order_id: str, line_position: int, position: int, promise: PromiseState) -> PromiseRow:
    return PromiseRow(
        order_id=order_id,
        line_position=line_position,
        position=position,
        status=promise.status,
        quantity=_storable(promise.quantity),
        unit=promise.quantity.unit if promise.quantity else None,
        deliver=promise.deliver,
        ship=promise.ship,
        basis=promise.basis,
        reason=promise.reason.replace("\0", "") if promise.reason else None,
    )


def _storable(quantity: Quantity | None) -> Decimal | None:
    """Return the number for its column; none for what is no number a line can be made of (it stands in ``line``)."""
    return quantity.value if quantity and is_plain(quantity.value) else None
