"""Which item a line means, and in which revision.

In: the numbers the customer wrote. Out: our item and what is wrong. A wrong revision can hurt a patient, so nothing is
guessed here: what contradicts itself or is not known is refused, with both sides named.
"""

from __future__ import annotations

import difflib
from datetime import date

from hub.business.orders.catalogue import Catalogue, CatalogueItem
from hub.business.orders.reasons import Reason, say
from hub.business.orders.terms import Terms
from hub.canonical.order import OrderLine
from hub.canonical.shared import Item

Named = tuple[str, str, CatalogueItem | None]
"""Which number, its value, and the item it names."""


def find_item(line: OrderLine, catalogue: Catalogue, path: str) -> tuple[CatalogueItem | None, list[Reason]]:
    """Return the item ``line`` asks for; the buyer's number leads, the others must agree with it."""
    at = f"{path}.item"
    if not catalogue.items:
        return None, [say("BUS-NO-CATALOGUE", at, line=line.number)]
    named = _named(line.item or Item(), catalogue)
    if not named:
        return None, [say("BUS-ITEM-MISSING", at, line=line.number)]
    item = named[0][2]
    if item is None:
        return None, [_unknown(line, named, catalogue, at)]
    for kind, value, other in named[1:]:
        if kind == "udi_di" and other is None and item.udi_di is None:
            words = {"line": line.number, "value": value, "item": item.buyer}
            return item, [say("BUS-UDI-UNKNOWN", f"{at}.udi_di", found=value, **words)]
        if other is not item:
            return item, [_contradiction(line, named[0][1], item, (kind, value, other), at)]
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


def _unknown(line: OrderLine, named: list[Named], catalogue: Catalogue, at: str) -> Reason:
    """Say that the leading number is unknown; point at what another number of the line, or a close one, names."""
    kind, value, _ = named[0]
    place = f"{at}.{kind}"
    for _, other, item in named[1:]:
        if item:
            words = {"line": line.number, "value": value, "other": other, "near": item.buyer}
            return say("BUS-ITEM-UNKNOWN/other", place, found=value, **words)
    near = difflib.get_close_matches(value, [item.buyer for item in catalogue.items], n=1) if kind == "buyer" else []
    if near:
        return say("BUS-ITEM-UNKNOWN/near", place, found=value, line=line.number, value=value, near=near[0])
    return say("BUS-ITEM-UNKNOWN", place, found=value, line=line.number, value=value)


def _contradiction(line: OrderLine, leading: str, item: CatalogueItem, named: Named, at: str) -> Reason:
    """Say that two numbers of one line name two things, or that the second names nothing."""
    kind, value, other = named
    device = kind == "udi_di"
    key = "BUS-UDI-MISMATCH" if device else "BUS-ITEM-CONTRADICTS"
    return say(
        key if other else f"{key}/unknown",
        f"{at}.{kind}",
        found=value,
        expected=item.udi_di if device else item.number,
        line=line.number,
        first=leading,
        second=value,
        other=other.buyer if other else None,
    )


def check_revision(line: OrderLine, item: CatalogueItem, terms: Terms, path: str) -> list[Reason]:
    """Return what is wrong with the revision ordered: unknown, ended, not begun, left out, or of another drawing."""
    level = line.item.revision if line.item else None
    current = [revision.level for revision in item.current(terms.today)]
    taken = ", ".join(current) or "none"
    if level is None:
        filled = item.revision_may_be_omitted and len(current) == 1
        key = "BUS-REVISION-FILLED" if filled else "BUS-REVISION-MISSING"
        return [say(key, f"{path}.item.revision", expected=taken, line=line.number, item=item.buyer, taken=taken)]
    if level not in current:
        return [_not_taken(line, item, level, taken, terms.today, f"{path}.item.revision")]
    drawn = next((ref.value for ref in line.references if ref.kind == "drawing-revision" and ref.value), None)
    made_to = next(revision.drawing for revision in item.revisions if revision.level == level)
    if drawn and made_to and drawn != made_to:
        words = {"line": line.number, "drawing": drawn, "revision": level, "item": item.buyer}
        return [say("BUS-DRAWING-REVISION", f"{path}.references", found=drawn, expected=made_to, **words)]
    return []


def _not_taken(line: OrderLine, item: CatalogueItem, level: str, taken: str, today: date, at: str) -> Reason:
    """Say why no orders are taken for a revision, and name the one they are taken for."""
    revision = item.revision(level)
    words = {"line": line.number, "item": item.buyer, "revision": level, "taken": taken}
    if revision is None:
        return say("BUS-REVISION-UNKNOWN", at, found=level, expected=taken, **words)
    if revision.end and revision.end < today:
        return say("BUS-REVISION-NOT-TAKEN/ended", at, found=level, expected=taken, day=revision.end, **words)
    return say("BUS-REVISION-NOT-TAKEN/not-begun", at, found=level, expected=taken, day=revision.start, **words)
