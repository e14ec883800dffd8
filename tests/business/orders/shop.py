"""A small customer to order from: two catalogue pages, and orders that are right until a test says otherwise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hub.business.orders.catalogue import (
    Catalogue,
    CatalogueItem,
    ContractPrice,
    DockCalendar,
    LeadTime,
    Revision,
    Tier,
)
from hub.business.orders.decide import Given, decide
from hub.business.orders.model import Decision, OrderState, Source
from hub.canonical.order import OrderLine, PurchaseOrder, Schedule
from hub.canonical.shared import Item, Reference
from hub.kernel.words import Price, Quantity, When

TODAY = date(2026, 11, 3)
DUE = date(2027, 3, 15)
FIRST = Source(message="message-1", reference="101")
SECOND = Source(message="message-2", reference="102")
ORDER_ID = "019c2a5f-9a40-7abc-8def-0123456789ab"

HUB = CatalogueItem(
    number="M-1",
    buyer="B-1",
    name="Catheter hub",
    unit="each",
    factors={"box": Decimal(10)},
    udi_di="00703206980502",
    minimum=Decimal(50),
    multiple=Decimal(10),
    maximum=Decimal(20_000),
    lead_time=LeadTime(days=18, days_per_lot=12, lot=Decimal(1000)),
    revisions=[
        Revision(level="C", drawing="B", end=date(2026, 6, 30)),
        Revision(level="D", drawing="C", start=date(2026, 5, 1)),
        Revision(level="G", start=date(2030, 1, 1)),
    ],
)
TUBE = CatalogueItem(
    number="M-2",
    buyer="B-2",
    name="Tubing",
    unit="metre",
    factors={"centimetre": Decimal("0.01"), "foot": Decimal("0.3048")},
    multiple=Decimal("0.5"),
    lead_time=LeadTime(days=21),
    revisions=[Revision(level="A")],
    revision_may_be_omitted=True,
)
BARE = CatalogueItem(
    number="M-3", buyer="B-3", name="Tray", unit="each", lead_time=LeadTime(days=14), revisions=[Revision(level="A")]
)


def agreed(item: str, unit: str, *tiers: tuple[str, str], contract: str = "K-1", **rest: Any) -> ContractPrice:
    """Return a contract price in dollars with ``tiers`` of (from, amount)."""
    steps = [Tier(start=Decimal(start), amount=Decimal(amount)) for start, amount in tiers]
    return ContractPrice(
        contract=contract, item=item, currency=rest.pop("currency", "USD"), unit=unit, tiers=steps, **rest
    )


CATALOGUE = Catalogue(
    "customer",
    [HUB, TUBE, BARE],
    [
        agreed(
            "M-1",
            "each",
            ("0", "12.35"),
            ("10000", "11.80"),
            tolerance_percent=Decimal("0.5"),
            tolerance_amount=Decimal("0.01"),
        ),
        agreed("M-2", "metre", ("0", "3.4725")),
        agreed("M-3", "each", ("0", "1.15"), end=date(2025, 12, 31)),
    ],
)


def many(value: str | int, unit: str = "each") -> Quantity:
    return Quantity(value=Decimal(value), unit=unit)


def costs(amount: str, currency: str = "USD", **rest: Any) -> Price:
    return Price(amount=Decimal(amount), currency=currency, **rest)


def line(number: str = "10", **said: Any) -> OrderLine:
    """Return a line for 500 of the hub that we take as ordered, with ``said`` in place of what it says."""
    fields: dict[str, Any] = {
        "item": Item(buyer="B-1", revision="D", seller="M-1"),
        "quantity": many(500),
        "price": costs("12.35"),
        "requested": When(on=DUE),
    }
    return OrderLine(number=number, **{**fields, **said})


def tube(number: str = "10", **said: Any) -> OrderLine:
    """Return a line for 100 metres of tubing that we take as ordered."""
    fields: dict[str, Any] = {
        "item": Item(buyer="B-2", revision="A"),
        "quantity": many(100, "metre"),
        "price": costs("3.4725"),
    }
    return line(number, **{**fields, **said})


def order(*lines: OrderLine, **said: Any) -> PurchaseOrder:
    """Return an order of ``lines``, or of one good line."""
    fields: dict[str, Any] = {
        "number": "4500098123",
        "purpose": "original",
        "placed": When(on=date(2026, 11, 2)),
        "contract": "K-1",
        "currency": "USD",
        "lines": list(lines) or [line()],
    }
    return PurchaseOrder(**{**fields, **said})


def schedule(quantity: int, due: date | None, unit: str = "each", kind: str | None = None) -> Schedule:
    return Schedule(quantity=many(quantity, unit), due=When(on=due) if due else None, due_kind=kind)


def drawing(revision: str) -> Reference:
    return Reference(kind="drawing-revision", value=revision)


def decided(
    asked: PurchaseOrder,
    known: OrderState | None = None,
    *,
    catalogue: Catalogue = CATALOGUE,
    source: Source = FIRST,
    test: bool = False,
    today: date = TODAY,
    calendar: DockCalendar = DockCalendar(),  # noqa: B008  a frozen value
    answered: bool = True,
) -> Decision:
    """Decide ``asked`` as on ``TODAY``."""
    given = Given(catalogue=catalogue, today=today, source=source, order_id=ORDER_ID, test=test, calendar=calendar)
    return decide(asked, known, given, answered=answered)


def codes(decision: Decision) -> set[str]:
    """Return the codes of everything said, but that nothing is planned yet."""
    return {reason.code for reason in decision.all_reasons} - {"BUS-NOT-PLANNED"}
