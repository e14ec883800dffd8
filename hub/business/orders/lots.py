"""Goods of a certain lot: an order is made anew, so one that asks for a lot, batch, heat or serial number waits.

In: an order or a line. Out: a reason for the first thing it says that names goods which exist already.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.business.orders.reasons import Reason, say
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.canonical.shared import Reference

CERTAIN_GOODS = frozenset({"lot", "batch", "heat", "serial"})
"""Words of the tables ``reference`` and ``item-scheme`` that name goods which exist already."""


def lots_of_order(order: PurchaseOrder) -> list[Reason]:
    """Return why a person must look where the order as a whole asks for goods that exist already."""
    return [
        say("BUS-LOT/order", "references", found=value, line=None, kind=kind, value=value)
        for kind, value in _referred(order.references)[:1]
    ]


def lots_of_line(line: OrderLine, path: str) -> list[Reason]:
    """Return the same for a line, wherever it says so."""
    said = _referred(line.references)
    said += [
        (each.scheme or "", each.value) for each in (line.item.others if line.item else []) if _certain(each.scheme)
    ]
    said += [("lot", line.lot)] if line.lot else []
    said += [("serial", number) for number in line.serials]
    return [
        say("BUS-LOT/line", path, found=value, line=line.number, kind=kind, value=value) for kind, value in said[:1]
    ]


def _referred(references: Iterable[Reference]) -> list[tuple[str, str]]:
    return [(each.kind or "", each.value or each.text or "") for each in references if _certain(each.kind)]


def _certain(word: str | None) -> bool:
    return word in CERTAIN_GOODS
