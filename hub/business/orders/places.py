"""Where the goods are to go, and what else an order says that no rule weighs.

In: an order or a line of it. Out: the reasons why a person must look. Goods go to one place of the order; a second one,
wherever it is said, is somebody's decision and not ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from hub.business.orders.bearings import CONDITIONS, GOODS, PARTIES, REFERENCES
from hub.business.orders.parties import BUYERS
from hub.business.orders.reasons import Reason, say
from hub.canonical.halves import half
from hub.canonical.named import REVISION as REVISED
from hub.canonical.named import meaning_of_name, meaning_of_value, names_a_revision
from hub.canonical.order import OrderLine, PurchaseOrder
from hub.canonical.shared import Party, Reference, Unweighed

CONTRACT = "contract"
REVISION = "item.revision"
"""Fields that have rules for a second of them (``contracts``, ``items``)."""
COMPARED = frozenset({"current-revision", "drawing-revision", "revision"})
"""Numbers a line refers to that ``items`` holds against what the item is made to."""

_CHANGE_THE_PROMISE = frozenset({"date", "price", "condition", REVISED})
"""What terms in words may say beside a place and numbers, which they name by the way."""

MUTUALLY_DEFINED = "mutually-defined"

COUNT = "count"
"""What of an order is no place, date or price, but a total: it is weighed with the quantities."""


def ship_to(order: PurchaseOrder) -> Party | None:
    """Return the place the goods of the order go to: its ship-to, else the first party goods may go to."""
    named = next((party for party in order.parties if party.role == "ship-to"), None)
    return named or next((party for party in order.parties if PARTIES.get(party.role or "") == GOODS), None)


def goods_to(order: PurchaseOrder) -> Party | None:
    """Return the place the goods go to, as its party and the delivery say it between them: some dialects say it by the
    one, some by the other, some half by each."""
    party, delivery = ship_to(order), order.delivery
    if delivery is None or (delivery.place is None and delivery.address is None):
        return party
    named = party or Party(role="ship-to")
    return replace(named, id=named.id or delivery.place, address=named.address or delivery.address)


def buyer_of(order: PurchaseOrder) -> Party | None:
    """Return who orders: goods that go to them by name go to the order's place."""
    return next((party for party in order.parties if party.role in BUYERS), None)


def places_of_order(order: PurchaseOrder) -> list[Reason]:
    """Return why it is not certain where the goods of the whole order go."""
    home = ship_to(order)
    reasons: list[Reason] = []
    for index, party in enumerate(order.parties):
        bearing = PARTIES.get(party.role or "")
        if bearing is None or (bearing == GOODS and home is not None and not _same(party, home)):
            words = {"role": party.role or "", "place": _called(party), "home": _called(home)}
            key = "BUS-PLACE/order" if bearing else "BUS-PLACE-UNKNOWN/order"
            reasons.append(say(key, f"parties[{index}]", found=words["place"], line=None, **words))
    if order.delivery and home and not _is_called(home, buyer_of(order)):
        where = Party(id=order.delivery.place, address=order.delivery.address)
        if _lies_elsewhere(where, home):
            words = {"role": "delivery", "place": _called(where), "home": _called(home)}
            reasons.append(say("BUS-PLACE/order", "delivery.place", found=words["place"], line=None, **words))
    return reasons


def places_of_line(line: OrderLine, home: Party | None, buyer: Party | None, path: str) -> list[Reason]:
    """Return why it is not certain where the goods of the line go; ``home`` is the place of the order, ``buyer`` who
    orders, where it is known.
    """
    reasons: list[Reason] = []
    for index, party in enumerate(line.parties):
        bearing = PARTIES.get(party.role or "")
        if bearing is None or (bearing == GOODS and _goes_elsewhere(party, home, buyer)):
            words = {"role": party.role or "", "place": _called(party), "home": _called(home)}
            key = "BUS-PLACE/line" if bearing else "BUS-PLACE-UNKNOWN/line"
            reasons.append(say(key, f"{path}.parties[{index}]", found=words["place"], line=line.number, **words))
    for index, part in enumerate(line.schedules):
        if (part.place or part.place_role) and not _named(part.place, part.place_role, home):
            words = {"role": part.place_role or "", "place": part.place or "", "home": _called(home)}
            at = f"{path}.schedules[{index}].place"
            reasons.append(say("BUS-PLACE/line", at, found=part.place, line=line.number, **words))
    return reasons


def unweighed_of_order(order: PurchaseOrder) -> list[Reason]:
    """Return a reason for all that the order as a whole says and no rule weighs."""
    reasons = [
        _unweighed(each, "order", None, "unweighed")
        for each in [*order.unweighed, *_said_in_terms(order), *_of_the_order(order), *_referred_to(order.references)]
        if each.meaning != COUNT and not judged_elsewhere(each)
    ]
    rule = order.cancel_rule
    if rule and rule not in CONDITIONS:
        reasons.append(say("BUS-CONDITION", "cancel_rule", found=rule, rule=rule))
    return reasons


def unweighed_of_line(line: OrderLine, path: str) -> list[Reason]:
    """Return the same for a line."""
    reasons = [
        _unweighed(each, "line", line.number, f"{path}.unweighed")
        for each in [*line.unweighed, *_named_by_the_buyer(line), *_referred_to(line.references, COMPARED)]
        if not judged_elsewhere(each) and not _says_the_same(each, line)
    ]
    rule = line.cancel_rule
    if rule and rule not in CONDITIONS:
        reasons.append(say("BUS-CONDITION/line", f"{path}.cancel_rule", found=rule, line=line.number, rule=rule))
    return reasons


def _said_in_terms(order: PurchaseOrder) -> Iterator[Unweighed]:
    """Yield the terms of an order that say in words what changes the promise: a day, a percentage, a cancellation."""
    terms = [("terms", each.text) for each in order.terms] + [("incoterm", order.incoterm.get("text"))]
    for place, text in terms:
        meaning = (meaning_of_name(text) or meaning_of_value(text)) if text else None
        if meaning in _CHANGE_THE_PROMISE:
            yield Unweighed(meaning=meaning, place=place, value=text)


def _named_by_the_buyer(line: OrderLine) -> Iterator[Unweighed]:
    """Yield what a line says under names that are the buyer's own, and that bears on the promise."""
    for each in line.properties:
        value = each.value or (each.quantity.value if each.quantity else None)
        meaning = meaning_of_name(each.name) or meaning_of_value(str(value or ""))
        if meaning:
            yield Unweighed(meaning=meaning, place=each.name, value=str(value or each.name))
    if line.partial is False and len(line.schedules) > 1:
        yield Unweighed(meaning="condition", place="partial", value="false")
    for place, text in line.extensions.items():
        meaning = meaning_of_name(place) or (REVISED if names_a_revision(text) else None)
        if meaning:
            yield Unweighed(meaning=meaning, place=place, value=text)
    for place, text in _mutually_defined(line):
        if names_a_revision(text):
            yield Unweighed(meaning=REVISED, place=place, value=text)


def _of_the_order(order: PurchaseOrder) -> Iterator[Unweighed]:
    """Yield what a map keeps of the whole order under a name that bears on the promise. A version of the order is none
    of an item."""
    for place, text in order.extensions.items():
        meaning = meaning_of_name(place)
        if meaning and meaning != REVISED:
            yield Unweighed(meaning=meaning, place=place, value=text)


def _mutually_defined(line: OrderLine) -> Iterator[tuple[str, str]]:
    """Yield what stands under a qualifier that says no more than that both know what it is."""
    for number in line.item.others if line.item else ():
        if number.scheme == MUTUALLY_DEFINED:
            yield "item", number.value
    for reference in line.references:
        if reference.kind == MUTUALLY_DEFINED:
            yield "reference", reference.value or reference.text or ""


def _referred_to(references: Sequence[Reference], but: frozenset[str] = frozenset()) -> Iterator[Unweighed]:
    """Yield the numbers that say which state of the goods is meant, ``but`` those that a rule of their own weighs."""
    for each in references:
        meaning = REFERENCES.get(each.kind or "")
        if meaning is not None and each.kind is not None and each.kind not in but:
            yield Unweighed(meaning=meaning, place=each.kind.replace("-", " "), value=each.value or each.text)


def _says_the_same(each: Unweighed, line: OrderLine) -> bool:
    """Whether a revision said under another name is the one that is ordered."""
    ordered = line.item.revision if line.item else None
    return each.meaning == REVISED and bool(ordered) and (each.value or "").strip() == ordered


def judged_elsewhere(each: Unweighed) -> bool:
    """Whether a field that is said twice is one whose own rules know of a second."""
    return bool(each.taken) and each.field in (CONTRACT, REVISION)


def said_again(unweighed: list[Unweighed], field: str) -> list[str]:
    """Return what is said of ``field`` beside what was taken for it."""
    return [each.value for each in unweighed if each.field == field and each.taken and each.value]


def _unweighed(each: Unweighed, where: str, line: str | None, path: str) -> Reason:
    if each.field is not None:
        twice: dict[str, object] = {"line": line, "place": each.place, "first": each.taken, "second": each.value}
        return say("BUS-SAID-TWICE", path, found=each.value, expected=each.taken, **twice)
    key = f"BUS-UNWEIGHED/{where}" if each.value else f"BUS-UNWEIGHED/{where}-half"
    place = half(each.half, each.place) if each.half else each.place
    words: dict[str, object] = {"line": line, "place": place, "value": each.value or "", "meaning": each.meaning}
    return say(key, path, found=each.value, **words)


def _same(one: Party, other: Party) -> bool:
    """Say whether two parties are one place: by their numbers where both have one, else by name and address."""
    if one is other:
        return True
    if one.id and other.id and one.id != other.id:
        return False
    if one.address and other.address and one.address != other.address:
        return False
    if one.id and other.id:
        return True
    if one.name and other.name:
        return one.name == other.name
    return one.address is not None and one.address == other.address


def _goes_elsewhere(party: Party, home: Party | None, buyer: Party | None) -> bool:
    """Say whether goods for ``party`` would not go to ``home``."""
    if home is not None and _same(party, home):
        return False
    return _says_who(party) and not _is_called(party, buyer)


def _lies_elsewhere(where: Party, home: Party) -> bool:
    """Say whether the place of the delivery is another than that of the party it goes to. A number is the whole of a
    place, and whoever is named beside it without it is somebody else; an address alone may have its name there.
    """
    if where.id and home.id and where.id.scheme == home.id.scheme:
        return where.id.value != home.id.value
    if where.address and home.address:
        return where.address != home.address
    return where.id is not None and _says_who(home)


def _says_who(party: Party) -> bool:
    """Say whether a party is more than somebody to ask there."""
    return party.id is not None or party.name is not None or party.address is not None


def _is_called(party: Party, buyer: Party | None) -> bool:
    """Say whether a party is named as the buyer is, by a number or by name, and has no address of its own."""
    if buyer is None or party.address:
        return False
    numbers = [each.value for each in (buyer.id, buyer.endpoint, buyer.legal.id if buyer.legal else None) if each]
    names = [each for each in (buyer.name, buyer.legal.name if buyer.legal else None) if each]
    return party.id.value in numbers if party.id else party.name in names


def _named(place: str | None, role: str | None, home: Party | None) -> bool:
    """Say whether a schedule means the place of the order, by its number or its name."""
    if home is None or PARTIES.get(role or "ship-to") != GOODS:
        return False
    return place is not None and place in (home.name, home.id.value if home.id else None)


def _called(party: Party | None) -> str:
    if party is None:
        return ""
    lying = party.address
    city = lying and (lying.city or ", ".join(lying.lines))
    return (party.id.value if party.id else None) or party.name or city or ""
