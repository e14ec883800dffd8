"""Which item a line means, and in which revision.

In: the numbers the customer wrote. Out: our item and what is wrong. A wrong revision can hurt a patient, so nothing is
guessed here: what contradicts itself or is not known is refused, with both sides named.
"""

from __future__ import annotations

import difflib
from datetime import date

from hub.business.orders.catalogue import Catalogue, CatalogueItem
from hub.business.orders.places import REVISION, said_again
from hub.business.orders.reasons import Reason, say
from hub.business.orders.terms import OrderTerms
from hub.business.orders.wordings import NONE
from hub.canonical.order import OrderLine
from hub.canonical.shared import Item
from hub.kernel.sentence import Word
from hub.kernel.struct import Struct

OUR_NUMBERS = frozenset(
    [
        "buyer-part",
        "buyer-item",
        "buyer-catalogue",
        "purchaser-item",
        "company-part",
        "seller-part",
        "seller-item",
        "seller-catalogue",
    ]
)
"""Schemes of numbers agreed between the customer and us: one that is not the item's contradicts it."""
DEVICES = frozenset({"gtin-12", "gtin-13", "gtin-14", "universal-product-number"})
_FOREIGN_NUMBERS = frozenset(
    [
        "buyer-style",
        "seller-style",
        "manufacturer-part",
        "model",
        "part-reference",
        "prime-contractor-part",
        "stock-keeping-unit",
        "stock-number",
    ]
)
"""Schemes of numbers that others may have given: one contradicts the item only where it is another of ours."""
LEVEL, DRAWING = "engineering-change-level", "drawing-revision"
REVISED = frozenset({"current-revision", "revision"})
"""Kinds of numbers a line may refer to that are its item's revision."""
_TELLS_NO_ITEM = frozenset(
    [
        "plan-equipment",
        "commodity-group",
        "country-of-origin",
        "contract",
        "heat",
        "lot",
        "manufacturer",
        "national-drug",
        "national-drug-5-4-2",
        "part-description",
        "purchaser-line",
        "serial",
        "service",
        "mutually-defined",
    ]
)
_UNDERSTOOD = OUR_NUMBERS | DEVICES | _FOREIGN_NUMBERS | _TELLS_NO_ITEM | {LEVEL, DRAWING}
"""The words of the table ``item-scheme``; what is none of them came through as the code the customer wrote."""
GTIN_LENGTH = 14  # a shorter GTIN is the same number with zeros before it


class Named(Struct):
    """One number of the line, and the item it names."""

    place: str  # field of the line's item
    value: str
    item: CatalogueItem | None
    device: bool = False


def find_item(line: OrderLine, catalogue: Catalogue, path: str) -> tuple[CatalogueItem | None, list[Reason]]:
    """Return the item ``line`` asks for; the buyer's number leads, the others must agree with it."""
    at = f"{path}.item"
    if not catalogue.items:
        return None, [say("BUS-NO-CATALOGUE", at, line=line.number)]
    named, others = _named(line.item or Item(), catalogue), _others(line, catalogue)
    if not named:
        named, others = _leading(others), []
    if not named:
        return None, [_missing(line, at)]
    item = named[0].item
    if item is None:
        return None, [_unknown(line, named, catalogue, at)]
    reasons = _not_understood(line, at)
    for other in named[1:] + others:
        if other.device and other.item is None and item.udi_di is None:
            words = {"line": line.number, "value": other.value, "item": item.buyer}
            return item, [say("BUS-UDI-UNKNOWN", f"{at}.{other.place}", found=other.value, **words), *reasons]
        if other.item is not item:
            return item, [_contradiction(line, named[0].value, item, other, at), *reasons]
    return item, reasons


def _named(asked: Item, catalogue: Catalogue) -> list[Named]:
    found: list[Named] = []
    if asked.buyer:
        found.append(Named(place="buyer", value=asked.buyer, item=catalogue.by_buyer(asked.buyer)))
    if asked.seller:
        found.append(Named(place="seller", value=asked.seller, item=catalogue.by_number(asked.seller)))
    if asked.udi_di:
        found.append(Named(place="udi_di", value=asked.udi_di, item=catalogue.by_udi(asked.udi_di), device=True))
    return found


def _leading(others: list[Named]) -> list[Named]:
    """Return further numbers in the place of those that usually lead: first one that is known, then the others."""
    known = next((number for number in others if number.item), None)
    return [known, *(number for number in others if number is not known)] if known else others


def _missing(line: OrderLine, at: str) -> Reason:
    """Say that no number of the line can name an item, and what stands there instead."""
    said = line.item.others if line.item else []
    maker = line.item.maker if line.item else None
    kind, value = ("manufacturer-part", maker) if maker else (said[0].scheme, said[0].value) if said else (None, None)
    if value is None:
        return say("BUS-ITEM-MISSING", at, line=line.number)
    return say("BUS-ITEM-MISSING/kind", f"{at}.others", found=value, line=line.number, value=value, kind=kind or "none")


def _others(line: OrderLine, catalogue: Catalogue) -> list[Named]:
    """Return the further numbers of the line that may not name anything but its item."""
    found: list[Named] = []
    if line.item and line.item.maker:
        item = catalogue.by_number(line.item.maker) or catalogue.by_buyer(line.item.maker)
        found += [Named(place="maker", value=line.item.maker, item=item)] if item else []
    for number in line.item.others if line.item else []:
        item = catalogue.by_buyer(number.value) or catalogue.by_number(number.value)
        if number.scheme in OUR_NUMBERS or (number.scheme in _FOREIGN_NUMBERS and item):
            found.append(Named(place="others", value=number.value, item=item))
        elif number.scheme in DEVICES:
            device = catalogue.by_udi(number.value) or catalogue.by_udi(number.value.zfill(GTIN_LENGTH))
            found.append(Named(place="others", value=number.value, item=device, device=True))
    return found


def _not_understood(line: OrderLine, at: str) -> list[Reason]:
    """Return a reason for every number of a kind we have no word for: it may be a revision."""
    return [
        say("BUS-ITEM-QUALIFIER", f"{at}.others", found=kind, line=line.number, value=number.value, kind=kind)
        for number in (line.item.others if line.item else [])
        if number.scheme not in _UNDERSTOOD
        for kind in [number.scheme or "none"]
    ]


def _unknown(line: OrderLine, named: list[Named], catalogue: Catalogue, at: str) -> Reason:
    """Say that the leading number is unknown; point at what another number of the line, or a close one, names."""
    leading, value = named[0].place, named[0].value
    place = f"{at}.{leading}"
    for other in named[1:]:
        if other.item:
            words = {"line": line.number, "value": value, "other": other.value, "near": other.item.buyer}
            return say("BUS-ITEM-UNKNOWN/other", place, found=value, **words)
    near = difflib.get_close_matches(value, [item.buyer for item in catalogue.items], n=1) if leading == "buyer" else []
    if near:
        return say("BUS-ITEM-UNKNOWN/near", place, found=value, line=line.number, value=value, near=near[0])
    return say("BUS-ITEM-UNKNOWN", place, found=value, line=line.number, value=value)


def _contradiction(line: OrderLine, leading: str, item: CatalogueItem, named: Named, at: str) -> Reason:
    """Say that two numbers of one line name two things, or that the second names nothing."""
    key = "BUS-UDI-MISMATCH" if named.device else "BUS-ITEM-CONTRADICTS"
    other = named.item
    return say(
        key if named.item else f"{key}/unknown",
        f"{at}.{named.place}",
        found=named.value,
        expected=item.udi_di if named.device else item.number,
        line=line.number,
        first=leading,
        second=named.value,
        other=other and (other.buyer if named.device or named.value == other.number else other.number),
    )


def check_revision(line: OrderLine, item: CatalogueItem, terms: OrderTerms, path: str) -> list[Reason]:
    """Return what is wrong with the revision ordered: unknown, ended, not begun, left out, two, of another drawing."""
    levels = _levels(line)
    current = [revision.level for revision in item.current(terms.today)]
    taken: Word = ", ".join(current) or NONE
    at = f"{path}.item.revision"
    if len(levels) > 1:
        words = {"line": line.number, "item": item.buyer, "first": levels[0], "second": levels[1], "taken": taken}
        return [say("BUS-REVISION-CONTRADICTS", f"{path}.item.others", found=levels[1], expected=levels[0], **words)]
    if not levels:
        filled = item.revision_may_be_omitted and len(current) == 1
        key = "BUS-REVISION-FILLED" if filled else "BUS-REVISION-MISSING"
        said = [say(key, at, expected=taken, line=line.number, item=item.buyer, taken=taken)]
        return said + (_check_drawing(line, item, current[0], path) if filled else [])
    if levels[0] not in current:
        return [_not_taken(line, item, levels[0], taken, terms.today, at)]
    return _check_drawing(line, item, levels[0], path)


def _levels(line: OrderLine) -> list[str]:
    """Return every engineering level the line says, each once."""
    own = line.item or Item()
    if not own.others and not line.unweighed and not line.references:
        return [own.revision] if own.revision else []
    others = (number.value for number in own.others if number.scheme == LEVEL)
    referred = (each.value for each in line.references if each.kind in REVISED)
    said = [own.revision, *others, *referred, *said_again(line.unweighed, REVISION)]
    return list(dict.fromkeys(level for level in said if level))


def _check_drawing(line: OrderLine, item: CatalogueItem, level: str, path: str) -> list[Reason]:
    """Return what is wrong with the drawing revisions of the line, wherever it says them."""
    said = [("references", ref.value) for ref in line.references if ref.kind == DRAWING and ref.value]
    said += [("item.others", number.value) for number in (line.item or Item()).others if number.scheme == DRAWING]
    if not said:
        return []
    made_to = next(revision.drawing for revision in item.revisions if revision.level == level)
    words = {"line": line.number, "revision": level, "item": item.buyer}
    first = said[0][1]
    for place, drawn in said:
        at = f"{path}.{place}"
        if made_to and drawn != made_to:
            return [say("BUS-DRAWING-REVISION", at, found=drawn, expected=made_to, drawing=drawn, **words)]
        if drawn != first:
            return [say("BUS-DRAWING-REVISION/two", at, found=drawn, expected=first, drawing=drawn, **words)]
    if made_to:
        return []
    return [say("BUS-DRAWING-UNKNOWN", f"{path}.{said[0][0]}", found=first, drawing=first, **words)]


def _not_taken(line: OrderLine, item: CatalogueItem, level: str, taken: Word, today: date, at: str) -> Reason:
    """Say why no orders are taken for a revision, and name the one they are taken for."""
    revision = item.revision(level)
    words = {"line": line.number, "item": item.buyer, "revision": level, "taken": taken}
    if revision is None:
        return say("BUS-REVISION-UNKNOWN", at, found=level, expected=taken, **words)
    if revision.end and revision.end < today:
        return say("BUS-REVISION-NOT-TAKEN/ended", at, found=level, expected=taken, day=revision.end, **words)
    return say("BUS-REVISION-NOT-TAKEN/not-begun", at, found=level, expected=taken, day=revision.start, **words)
