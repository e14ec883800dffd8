"""Which contract the prices of an order, and of each of its lines, are of.

In: an order or a line, and the customer's catalogue. Out: the contract that is named, and why a person must say which.
A contract can be named in several places (BEG06, REF, a number of the line in X12); what names none of ours beside a
contract is another number for the same paper, and is left standing.
"""

from __future__ import annotations

from collections.abc import Iterable

from hub.business.orders.catalogue import Catalogue
from hub.business.orders.places import CONTRACT, said_again
from hub.business.orders.reasons import Reason, say
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.canonical.shared import Reference

_MAY_NAME_ONE = frozenset({"price-quote", "agreement", "buyer-contract"})
"""Kinds of reference that name a contract of ours only where their value is one: the others are the buyer's numbers."""


def contract_of_line(line: OrderLine, catalogue: Catalogue) -> str | None:
    """Return the contract that the line itself names first."""
    return next(iter(_of_line(line, catalogue)), None)


def contracts_of_order(order: PurchaseOrder, catalogue: Catalogue) -> list[Reason]:
    """Return a reason where the order as a whole names two contracts."""
    again = said_again(order.unweighed, CONTRACT)
    named = _distinct([order.contract, *again, *_referred(order.references, catalogue)])
    return [_twice("order", None, named, "contract")] if len(named) > 1 else []


def contracts_of_line(line: OrderLine, contract: str | None, catalogue: Catalogue, path: str) -> list[Reason]:
    """Return a reason where the line names two contracts, or another than the order's ``contract``."""
    of_line = _of_line(line, catalogue)
    if not of_line:  # nearly all of them
        return []
    named = _distinct([contract, *of_line])
    return [_twice("line", line.number, named, f"{path}.references")] if len(named) > 1 else []


def _of_line(line: OrderLine, catalogue: Catalogue) -> list[str]:
    numbers = line.item.others if line.item else []
    if not numbers and not line.references and not line.unweighed:
        return []
    said = [number.value for number in numbers if number.scheme == CONTRACT]
    return [*_referred(line.references, catalogue), *said, *said_again(line.unweighed, CONTRACT)]


def _referred(references: Iterable[Reference], catalogue: Catalogue) -> list[str]:
    return [
        each.value
        for each in references
        if each.value and (each.kind == CONTRACT or (each.kind in _MAY_NAME_ONE and catalogue.has_contract(each.value)))
    ]


def _distinct(named: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in named if name))


def _twice(where: str, line: str | None, named: list[str], at: str) -> Reason:
    words = {"line": line, "first": named[0], "second": named[1]}
    return say(f"BUS-CONTRACT-TWICE/{where}", at, found=named[1], expected=named[0], **words)
