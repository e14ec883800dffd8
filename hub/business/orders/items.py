"""Which item a line means, and in which revision.

In: the numbers the customer wrote. Out: our item and what is wrong. A wrong revision can hurt a patient, so nothing is
guessed here: what contradicts itself or is not known is refused, with both sides named.
"""

from __future__ import annotations

import difflib
from datetime import date

from hub.business.orders.catalogue import Catalogue, CatalogueItem
from hub.business.orders.model import Status
from hub.business.orders.reasons import Reason, change, hold, refuse
from hub.business.orders.terms import Terms
from hub.canonical.order import OrderLine
from hub.canonical.shared import Item

Named = tuple[str, str, CatalogueItem | None]
"""Which number, its value, and the item it names."""


def find_item(line: OrderLine, catalogue: Catalogue, path: str) -> tuple[CatalogueItem | None, list[Reason]]:
    """Return the item ``line`` asks for; the buyer's number leads, the others must agree with it."""
    if not catalogue.items:
        message = f"line {line.number}: we have no item master for this customer"
        return None, [hold("BUS-NO-CATALOGUE", f"{path}.item", message, "add items.toml and prices.toml, then replay")]
    named = _named(line.item or Item(), catalogue)
    if not named:
        message = f"line {line.number}: no item number"
        return None, [refuse("BUS-ITEM-MISSING", f"{path}.item", message, "send your item number for the line")]
    leading_kind, leading_value, item = named[0]
    if item is None:
        return None, [_unknown(line, leading_kind, leading_value, named, catalogue, path)]
    for kind, value, other in named[1:]:
        if kind == "udi_di" and other is None and item.udi_di is None:
            message = f"line {line.number}: device identifier {value}, none is on record for {item.buyer}"
            remedy = "confirm the device identifier and add it to items.toml"
            return item, [hold("BUS-UDI-UNKNOWN", f"{path}.item.udi_di", message, remedy, found=value)]
        if other is not item:
            return item, [_contradiction(line, leading_kind, leading_value, item, kind, value, other, path)]
    return item, []


def _named(asked: Item, catalogue: Catalogue) -> list[Named]:
    found: list[Named] = []
    if asked.buyer:
        found.append(("buyer", asked.buyer, catalogue.by_buyer(asked.buyer)))
    if asked.seller:
        found.append(("seller", asked.seller, catalogue.by_number(asked.seller)))
    if asked.udi_di:
        found.append(("udi_di", asked.udi_di, catalogue.by_udi(asked.udi_di)))
    return found


_WORDS = {"buyer": "your number", "seller": "our number", "udi_di": "device identifier"}


def _unknown(line: OrderLine, kind: str, value: str, named: list[Named], catalogue: Catalogue, path: str) -> Reason:
    message = f"line {line.number}: {_WORDS[kind]} {value} is not an item we make for you"
    also = next(((other, name, item) for other, name, item in named[1:] if item), None)
    near = difflib.get_close_matches(value, [item.buyer for item in catalogue.items], n=1)
    remedy = "check the number, or have the item set up first"
    if also:
        remedy = f"{_WORDS[also[0]]} {also[1]} is {also[2].buyer} with us: check which is meant"
    elif near and kind == "buyer":
        remedy = f"did you mean {near[0]}? else have the item set up first"
    return refuse("BUS-ITEM-UNKNOWN", f"{path}.item.{kind}", message, remedy, found=value)


def _contradiction(
    line: OrderLine,
    leading_kind: str,
    leading_value: str,
    item: CatalogueItem,
    kind: str,
    value: str,
    other: CatalogueItem | None,
    path: str,
) -> Reason:
    expected = item.udi_di if kind == "udi_di" else item.number
    names = f"names {other.buyer}" if other else "is not known to us"
    message = (
        f"line {line.number}: {_WORDS[leading_kind]} {leading_value} and {_WORDS[kind]} {value} do not belong together:"
        f" the second {names}, we have {expected}"
    )
    code = "BUS-UDI-MISMATCH" if kind == "udi_di" else "BUS-ITEM-CONTRADICTS"
    remedy = "correct the number that is wrong and order again"
    return refuse(code, f"{path}.item.{kind}", message, remedy, found=value, expected=expected)


def check_revision(line: OrderLine, item: CatalogueItem, terms: Terms, path: str) -> list[Reason]:
    """Return what is wrong with the revision ordered: unknown, ended, not begun, left out, or of another drawing."""
    at = f"{path}.item.revision"
    current = item.current(terms.today)
    taken = ", ".join(revision.level for revision in current) or "none"
    level = line.item.revision if line.item else None
    if level is None:
        return [_omitted(line, item, terms.today, at)]
    revision = item.revision(level)
    if revision is None or revision not in current:
        why = _why_not(item, level, terms.today)
        message = f"line {line.number}: revision {level} of {item.buyer} ordered, {why}; orders are taken for {taken}"
        code = "BUS-REVISION-UNKNOWN" if revision is None else "BUS-REVISION-NOT-TAKEN"
        remedy = f"order revision {taken}, or send the engineering change first"
        return [refuse(code, at, message, remedy, found=level, expected=taken)]
    drawing = next((ref.value for ref in line.references if ref.kind == "drawing-revision" and ref.value), None)
    if drawing and revision.drawing and drawing != revision.drawing:
        message = (
            f"line {line.number}: drawing revision {drawing} ordered,"
            f" revision {level} of {item.buyer} is made to drawing revision {revision.drawing}"
        )
        remedy = "correct the drawing or the item revision and order again"
        found = refuse(
            "BUS-DRAWING-REVISION", f"{path}.references", message, remedy, found=drawing, expected=revision.drawing
        )
        return [found]
    return []


def _omitted(line: OrderLine, item: CatalogueItem, today: date, at: str) -> Reason:
    current = [revision.level for revision in item.current(today)]
    if item.revision_may_be_omitted and len(current) == 1:
        message = f"line {line.number}: no revision ordered; we will make {current[0]}, the only one taken"
        remedy = "check the revision given back"
        return change("BUS-REVISION-FILLED", at, message, remedy, Status.CHANGED, expected=current[0])
    taken = ", ".join(current) or "none"
    message = f"line {line.number}: no revision of {item.buyer} ordered; orders are taken for {taken}"
    return refuse("BUS-REVISION-MISSING", at, message, "say which revision is ordered", expected=taken)


def _why_not(item: CatalogueItem, level: str, today: date) -> str:
    revision = item.revision(level)
    if revision is None:
        return "which we do not know"
    if revision.end and revision.end < today:
        return f"which ended on {revision.end}"
    return f"which begins on {revision.start}"
