"""One line of an order: everything that is said about it, and the one decision that follows.

In: the line and the terms of its order. Out: a ``LineDecision``. Every rule is asked, so that the customer hears all
that is wrong at once; a line in which something is refused or held gets no date.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from hub.business.orders.catalogue import CatalogueItem
from hub.business.orders.charges import charges_of_line
from hub.business.orders.contracts import contracts_of_line
from hub.business.orders.further_prices import check_further_prices
from hub.business.orders.items import check_revision, find_item
from hub.business.orders.lots import lots_of_line
from hub.business.orders.model import LineDecision, LineState, LineVerdict, PromiseState, Status
from hub.business.orders.places import places_of_line, unweighed_of_line
from hub.business.orders.prices import agreed_price
from hub.business.orders.promises import PromisedPart, check_dates, parts_of, promise
from hub.business.orders.quantities import OrderedQuantity, check_quantity, ordered_quantity
from hub.business.orders.reasons import Reason, say, status_of, verdict_of
from hub.business.orders.sums import line_total
from hub.business.orders.terms import OrderTerms, is_plain, is_written_out
from hub.canonical.order import OrderLine
from hub.kernel.words import Price, Quantity

_AS_IT_IS = frozenset({None, "included", "information-only"})
"""Relations of a component that change nothing in the bill of materials."""
_ENDED = (LineVerdict.REFUSED, LineVerdict.HELD)


def decide_line(line: OrderLine, index: int, terms: OrderTerms, order_reasons: list[Reason]) -> LineDecision:
    """Return the decision about ``line``, the one at ``index`` (from 0) of its order.

    ``order_reasons`` are about the whole order: what holds the order holds the line too.
    """
    path = f"lines[{index}]"
    item, reasons = find_item(line, terms.catalogue, path)
    reasons += _as_sent(line, item, terms, path)
    amount, price = None, line.price
    parts, found = parts_of(line, ordered_quantity(line), terms, path)
    reasons += found + check_dates(line.number, parts, terms)
    if item is not None:
        amount, found = check_quantity(line, item, path)
        reasons += check_revision(line, item, terms, path) + found
        if amount is not None:
            price, found = agreed_price(line, item, amount.base, terms, path)
            reasons += found
    promises: list[PromiseState] = []
    verdict = verdict_of(reasons + order_reasons)
    if item is not None and amount is not None and verdict not in _ENDED:
        promises, found = promise(line, item, parts, terms)
        reasons += found + _kept_back(line, promises, path)
    return _decision(line, index, item, amount, price, parts, promises, reasons, order_reasons, terms)


def _as_sent(line: OrderLine, item: CatalogueItem | None, terms: OrderTerms, path: str) -> list[Reason]:
    """Return what is wrong with the line whatever its item is, and what in it only a person can take."""
    reasons: list[Reason] = []
    words = {"line": line.number}
    if line.number in terms.repeated:
        reasons.append(say("BUS-LINE-REPEATED", f"{path}.number", found=line.number, **words))
    currency = line.price.currency if line.price else None
    if currency and terms.currency and currency != terms.currency:
        at = f"{path}.price.currency"
        reasons.append(
            say("BUS-CURRENCY-MIXED", at, found=currency, expected=terms.currency, currency=currency, **words)
        )
    if any(component.relation not in _AS_IT_IS for component in line.components):
        reasons.append(say("BUS-BOM-CHANGED", f"{path}.components", **words))
    reasons += charges_of_line(line, path)
    reasons += contracts_of_line(line, terms.contract, terms.catalogue, path)
    reasons += lots_of_line(line, path)
    reasons += check_further_prices(line, path)
    reasons += places_of_line(line, terms.home, terms.buyer, path)
    reasons += unweighed_of_line(line, path)
    return reasons + line_total(line, item, terms.currency, path)


def _kept_back(line: OrderLine, promises: list[PromiseState], path: str) -> list[Reason]:
    """Return a reason where something would come later than asked, of which the buyer says that nothing may."""
    if line.backorder is not False or all(each.status is not Status.RESCHEDULED for each in promises):
        return []
    return [say("BUS-BACKORDER", f"{path}.backorder", found="false", line=line.number)]


def _decision(
    line: OrderLine,
    index: int,
    item: CatalogueItem | None,
    amount: OrderedQuantity | None,
    price: Price | None,
    parts: list[PromisedPart],
    promises: list[PromiseState],
    reasons: list[Reason],
    order_reasons: list[Reason],
    terms: OrderTerms,
) -> LineDecision:
    verdict = verdict_of(reasons + order_reasons)
    ordered = ordered_quantity(line)
    own = line.item
    state = LineState(
        position=index + 1,
        number=line.number,
        verdict=verdict,
        status=status_of(verdict, reasons),
        item=item.number if item else None,
        buyer_item=own.buyer if own and own.buyer else item.buyer if item else None,
        revision=_revision(line, item, terms),
        name=item.name if item else _name(line),
        ordered=ordered,
        acknowledged=_acknowledged(verdict, ordered),
        base=Quantity(value=amount.base, unit=item.unit) if item and amount and verdict not in _ENDED else None,
        price=price,
        schedules=[part.state for part in parts],
        promises=_promises(verdict, ordered, promises, reasons, order_reasons),
        requirements=line.requirements,
        notes=line.notes,
        reasons=[reason.finding for reason in reasons],
    )
    return LineDecision(state=state)


def _name(line: OrderLine) -> str | None:
    """Return what the buyer calls the thing ordered: by its name, or as it describes it."""
    named = line.item.name if line.item else None
    return named or next((each.text for each in line.descriptions if each.text), None)


def _revision(line: OrderLine, item: CatalogueItem | None, terms: OrderTerms) -> str | None:
    """Return the revision ordered, or the one we will make where the customer may leave it out."""
    if line.item and line.item.revision:
        return line.item.revision
    current = item.current(terms.today) if item and item.revision_may_be_omitted else []
    return current[0].level if len(current) == 1 else None


def _acknowledged(verdict: LineVerdict, ordered: Quantity | None) -> Quantity | None:
    if verdict is LineVerdict.HELD or ordered is None:
        return None
    return replace(ordered, value=Decimal(0)) if verdict is LineVerdict.REFUSED else ordered


def _promises(
    verdict: LineVerdict,
    ordered: Quantity | None,
    promises: list[PromiseState],
    reasons: list[Reason],
    order_reasons: list[Reason],
) -> list[PromiseState]:
    """Return what is said to each part; a line refused or held is answered as one part, with all that led to it."""
    if verdict in _ENDED:
        said = "; ".join(reason.finding.message for reason in reasons + order_reasons if reason.effect is verdict)
        countable = ordered if ordered and (is_plain(ordered.value) or is_written_out(ordered.value)) else None
        return [PromiseState(status=status_of(verdict, reasons), quantity=countable, reason=said)]
    changed = {reason.status for reason in reasons if reason.status} - {Status.RESCHEDULED}
    if not changed:
        return promises
    whole = changed.pop() if len(changed) == 1 else Status.CHANGED
    why = [each.finding.message for each in reasons if each.status not in (None, Status.RESCHEDULED)]
    return [
        replace(
            part,
            status=whole if part.status is Status.ACCEPTED else Status.CHANGED,
            reason="; ".join([*why, part.reason] if part.reason else why),
        )
        for part in promises
    ]
