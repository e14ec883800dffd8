"""Whom an order names as its buyer, its seller and who is billed, held against what was agreed with the customer.

In: the order and the numbers agreed. Out: the reasons why a person must look. The rule is of canonical parties and so
of every dialect: where nothing was agreed for a role, or the order numbers nobody in it, nothing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.business.orders.reasons import Reason, say
from hub.business.room import AgreedParty
from hub.canonical.order import PurchaseOrder
from hub.canonical.shared import Party
from hub.kernel.words import Id

BUYERS = ("buyer", "customer", "ordered-by", "sold-to")
"""Roles of a party whose order it is."""
SELLERS = ("seller", "supplier", "vendor")
"""Roles in which we are named."""
BILLED = ("bill-to", "bill-and-ship-to", "payer", "invoice-receiver")
_ROLES = {
    role: agreed for agreed, roles in (("buyer", BUYERS), ("seller", SELLERS), ("bill-to", BILLED)) for role in roles
}


def parties_of_order(order: PurchaseOrder, agreed: Sequence[AgreedParty]) -> list[Reason]:
    """Return a reason for each party that is named otherwise than was agreed."""
    if not agreed:
        return []
    reasons: list[Reason] = []
    for index, party in enumerate(order.parties):
        known = [each.id for each in agreed if each.role == _ROLES.get(party.role or "")]
        other = _other(list(_numbers(party)), known)
        if other is not None:
            named, expected = _called(other), ", ".join(map(_called, known))
            words = {"role": party.role, "named": named, "agreed": expected}
            reasons.append(say("BUS-PARTY", f"parties[{index}]", found=named, expected=expected, **words))
    return reasons


def _numbers(party: Party) -> Iterator[Id]:
    """Yield every number by which a party is named."""
    yield from (each for each in (party.id, party.endpoint, party.legal and party.legal.id) if each)
    if party.tax_id:
        yield Id(value=party.tax_id)


def _other(named: list[Id], known: list[Id]) -> Id | None:
    """Return the number that is somebody else's: of a list of which another is agreed; or the first, where none is
    agreed at all."""
    if not named or not known:
        return None
    schemes = {each.scheme.casefold() for each in known if each.scheme}
    strangers = [each for each in named if not any(_same(each, one) for one in known)]
    listed = (each for each in strangers if each.scheme and each.scheme.casefold() in schemes)
    return next(listed, strangers[0] if len(strangers) == len(named) else None)


def _same(named: Id, known: Id) -> bool:
    """Say whether two numbers are one; where either does not say whose it is, the number alone tells."""
    if named.value.strip().casefold() != known.value.casefold():
        return False
    return not named.scheme or not known.scheme or named.scheme.casefold() == known.scheme.casefold()


def _called(number: Id) -> str:
    return f"{number.value} ({number.scheme})" if number.scheme else number.value
