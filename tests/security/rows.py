"""Rows of orders as large as a test wants them, written beside a message."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders.model import (
    Basis,
    LineState,
    LineVerdict,
    OrderState,
    PromiseState,
    ScheduleState,
    Source,
    Status,
    Verdict,
)
from hub.business.orders.rows import rows_of
from hub.business.orders.store import insert_orders
from hub.kernel.words import Price, Quantity
from tests.conftest import NOW

ONE = Quantity(value=Decimal(1), unit="each")
LINE = LineState(
    position=1,
    number="10",
    verdict=LineVerdict.ACCEPTED,
    status=Status.ACCEPTED,
    item="CM-77-1001",
    buyer_item="AC-1001",
    revision="D",
    ordered=ONE,
    acknowledged=ONE,
    price=Price(amount=Decimal("12.35"), currency="USD"),
)


def order_of(
    conn: Connection,
    message: str,
    number: str = "4500098123",
    *,
    lines: int = 1,
    schedules: int = 1,
    partner: str = "acme-cardio",
    release: str = "",
    **of_line: Any,
) -> str:
    """Write an order of so many lines, each of so many schedules and promises; return its id."""
    parts = [ScheduleState(quantity=ONE, requested=date(2027, 1, 1 + n % 28)) for n in range(schedules)]
    promises = [
        PromiseState(status=Status.ACCEPTED, quantity=ONE, deliver=date(2027, 1, 1), basis=Basis.REQUESTED)
        for _ in range(schedules)
    ]
    line = replace(LINE, schedules=parts, promises=promises, **of_line)
    state = OrderState(
        id=f"order-{message[-12:]}{release}",
        partner=partner,
        number=number,
        release=release,
        status="accepted",
        verdict=Verdict.ACCEPTED,
        digest="0" * 64,
        source=Source(message=message, reference="101"),
        lines=[replace(line, position=n, number=str(n * 10)) for n in range(1, lines + 1)],
    )
    rows = rows_of(state)
    insert_orders(conn, [rows], NOW)
    return state.id
