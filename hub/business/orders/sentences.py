"""Every sentence we say about an order: what it does, in which words, and what the reader can do.

In: nothing, this is a table. A key is a code, and behind a slash the case where one code has several sentences. Words
in braces are filled in by the rule that speaks; pages translate the sentence as it stands here. ``docs/orders.md``
lists the codes for those who read the findings.
"""

from __future__ import annotations

from hub.business.orders.model import Basis, LineVerdict, Status
from hub.business.orders.sentence import Sentence
from hub.kernel.sentence import declared


def _refused(message: str, remedy: str) -> Sentence:
    return Sentence(effect=LineVerdict.REFUSED, message=message, remedy=remedy)


def _held(message: str, remedy: str) -> Sentence:
    return Sentence(effect=LineVerdict.HELD, message=message, remedy=remedy)


def _changed(status: Status, message: str, remedy: str) -> Sentence:
    return Sentence(effect=LineVerdict.CHANGED, message=message, remedy=remedy, status=status)


def _noted(message: str, remedy: str) -> Sentence:
    return Sentence(effect=LineVerdict.ACCEPTED, message=message, remedy=remedy)


def _doubted(message: str, remedy: str) -> Sentence:
    return Sentence(effect=LineVerdict.ACCEPTED, message=message, remedy=remedy, warns=True)


PROMISED = {
    Basis.REQUESTED: "requested date, not yet planned",
    Basis.LEAD_TIME: "lead time of {days} days, not yet planned",
    Basis.NOT_BEFORE: "first day the order allows, not yet planned",
}
"""What a promise says of itself."""

ABOUT_ITEMS = {
    "BUS-NO-CATALOGUE": _held(
        "line {line}: we have no item master for this customer", "add items.toml and prices.toml, then replay"
    ),
    "BUS-ITEM-MISSING": _refused("line {line}: no item number", "send your item number for the line"),
    "BUS-ITEM-MISSING/kind": _refused(
        "line {line}: '{value}' stands under '{kind}', and is no number of an item we make for you",
        "send your item number for the line",
    ),
    "BUS-ITEM-UNKNOWN": _refused(
        "line {line}: '{value}' is not an item we make for you", "check the number, or have the item set up first"
    ),
    "BUS-ITEM-UNKNOWN/near": _refused(
        "line {line}: '{value}' is not an item we make for you", "did you mean {near}? else have the item set up first"
    ),
    "BUS-ITEM-UNKNOWN/other": _refused(
        "line {line}: '{value}' is not an item we make for you",
        "'{other}' on the same line is {near} with us: check which is meant",
    ),
    "BUS-ITEM-CONTRADICTS": _refused(
        "line {line}: '{first}' and '{second}' do not belong together:"
        " '{second}' is {other} with us, '{first}' is {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-ITEM-CONTRADICTS/unknown": _refused(
        "line {line}: '{first}' and '{second}' do not belong together:"
        " '{second}' is not known to us, '{first}' is {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-UDI-MISMATCH": _refused(
        "line {line}: device identifier '{second}' is that of {other}, '{first}' has {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-UDI-MISMATCH/unknown": _refused(
        "line {line}: device identifier '{second}' is not known to us, '{first}' has {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-UDI-UNKNOWN": _held(
        "line {line}: device identifier '{value}' ordered, none is on record for {item}",
        "confirm the device identifier and add it to items.toml",
    ),
    "BUS-ITEM-QUALIFIER": _held(
        "line {line}: '{value}' stands under '{kind}', a kind of number we do not know",
        "ask the customer what it says; it may be a revision",
    ),
    "BUS-REVISION-CONTRADICTS": _refused(
        "line {line}: revisions '{first}' and '{second}' of {item} ordered at once; orders are taken for {taken}",
        "say the one revision that is meant and order again",
    ),
    "BUS-REVISION-MISSING": _refused(
        "line {line}: no revision of {item} ordered; orders are taken for {taken}", "say which revision is ordered"
    ),
    "BUS-REVISION-FILLED": _changed(
        Status.CHANGED,
        "line {line}: no revision ordered; we will make {taken}, the only one taken",
        "check the revision given back",
    ),
    "BUS-REVISION-UNKNOWN": _refused(
        "line {line}: revision '{revision}' of {item} ordered, which we do not know; orders are taken for {taken}",
        "order revision {taken}, or send the engineering change first",
    ),
    "BUS-REVISION-NOT-TAKEN/ended": _refused(
        "line {line}: revision '{revision}' of {item} ordered, which ended on {day}; orders are taken for {taken}",
        "order revision {taken}, or ask for the earlier one to be taken again",
    ),
    "BUS-REVISION-NOT-TAKEN/not-begun": _refused(
        "line {line}: revision '{revision}' of {item} ordered, which begins on {day}; orders are taken for {taken}",
        "order revision {taken}, or order again when the new one has begun",
    ),
    "BUS-DRAWING-REVISION": _refused(
        "line {line}: drawing revision '{drawing}' ordered,"
        " revision {revision} of {item} is made to drawing revision {expected}",
        "correct the drawing or the item revision and order again",
    ),
    "BUS-DRAWING-REVISION/two": _refused(
        "line {line}: drawing revisions '{expected}' and '{drawing}' ordered at once for revision {revision} of {item}",
        "correct the drawing or the item revision and order again",
    ),
}

ABOUT_QUANTITIES = {
    "BUS-QUANTITY-MISSING": _refused(
        "line {line}: no quantity, neither on the line nor as one sum of its schedules", "say how many are ordered"
    ),
    "BUS-QUANTITY-NOT-POSITIVE": _refused(
        "line {line}: the quantity ordered, {value}, is not above zero, or no number", "correct the quantity"
    ),
    "BUS-QUANTITY-TOO-LONG": _refused(
        "line {line}: the quantity ordered, {value}, has more than {most} digits, decimals among them; no longer number"
        " is taken",
        "write the quantity with at most {most} digits",
    ),
    "BUS-UNIT": _refused(
        "line {line}: {item} is not sold by the {unit}; agreed units are {units}", "order in one of {units}"
    ),
    "BUS-QUANTITY-BELOW-MINIMUM": _refused(
        "line {line}: {asked} ordered, the minimum is {limit}", "order at least {limit}"
    ),
    "BUS-QUANTITY-ABOVE-MAXIMUM": _refused(
        "line {line}: {asked} ordered, one line takes {limit} at most",
        "check the quantity; if it is meant, split it or ask your account manager",
    ),
    "BUS-QUANTITY-MULTIPLE": _refused(
        "line {line}: {asked} ordered, we make multiples of {limit}", "order a multiple of {limit}"
    ),
    "BUS-PART/schedules": _refused(
        "line {line}: its schedules have a quantity that is not above zero or a unit not agreed",
        "correct the schedules",
    ),
    "BUS-PART/splits": _refused(
        "line {line}: its splits have a quantity that is not above zero or a unit not agreed", "correct the splits"
    ),
    "BUS-PARTS-SUM/schedules": _refused(
        "line {line}: its schedules make {total}, the line says {stated}", "make the schedules add up to the line"
    ),
    "BUS-PARTS-SUM/splits": _refused(
        "line {line}: its splits make {total}, the line says {stated}", "make the splits add up to the line"
    ),
}

ABOUT_DATES = {
    "BUS-DATE-PAST": _refused(
        "line {line}: {part} wanted on {day} ({kind}), which is past; today is {today}",
        "order again with a day to come",
    ),
    "BUS-DATE-TOO-FAR": _refused(
        "line {line}: {part} wanted on {day} ({kind}); we answer no further than {last}",
        "check the year; for later demand send a forecast",
    ),
    "BUS-DATE-LEAD-TIME": _changed(
        Status.RESCHEDULED,
        "line {line}: {part} wanted on {day} ({kind}), promised for {promised}:"
        " the lead time is {days} days, not yet planned",
        "check the new date; ask for an earlier one by an order change",
    ),
    "BUS-DATE-NOT-BEFORE": _changed(
        Status.RESCHEDULED,
        "line {line}: {part} wanted on {day} ({kind}), promised for {promised}:"
        " the order allows none before {first} ({other})",
        "check the new date; correct the day that is wrong by an order change",
    ),
    "BUS-DATE-WITHIN": _noted(
        "line {line}: no single day asked for; {part} promised for {promised}, within {allowed}, not yet planned",
        "check the date given back",
    ),
    "BUS-DATE-FILLED": _noted(
        "line {line}: no day asked for; {part} promised for {promised} by lead time, not yet planned",
        "check the date given back",
    ),
    "BUS-DATE-FILLED/said": _noted(
        "line {line}: no date of the order says when it is wanted; {part} promised for {promised} by lead time,"
        " not yet planned",
        "check the date given back",
    ),
    "BUS-DATE-CANCELLED": _held(
        "line {line}: {part} could come on {promised}, but the order ends on {day} ({kind}):"
        " the lead time is {days} days",
        "ask the customer whether it is still wanted then, or have it made sooner",
    ),
    "BUS-DATE-CONFLICT": _held(
        "line {line}: {part} wanted on {day} ({kind}) and not after {first} ({other}): no day keeps both",
        "ask the customer which day is meant",
    ),
    "BUS-DATE-UNKNOWN/line": _held(
        "line {line}: says the date '{day}' of kind '{kind}', which we cannot weigh",
        "ask the customer what the date asks of us; a kind without bearing gets a word in the partner's map",
    ),
    "BUS-DATE-UNKNOWN/order": _held(
        "the order says the date '{day}' of kind '{kind}', which we cannot weigh",
        "ask the customer what the date asks of us; a kind without bearing gets a word in the partner's map",
    ),
    "BUS-DATE-TIME/line": _held(
        "line {line}: {day} ({kind}) is said with the time {time}{zone}; we promise days and no hours",
        "ask the customer whether the day is enough",
    ),
    "BUS-DATE-TIME/order": _held(
        "the order says {day} ({kind}) with the time {time}{zone}; we promise days and no hours",
        "ask the customer whether the day is enough",
    ),
    "BUS-DATE-TWICE/line": _held(
        "line {line}: says {first} ({other}) and {day} ({kind}), where there can be one day",
        "ask the customer which day is meant",
    ),
    "BUS-DATE-TWICE/order": _held(
        "the order says {first} ({other}) and {day} ({kind}), where there can be one day",
        "ask the customer which day is meant",
    ),
}

ABOUT_PLACES = {
    "BUS-PLACE/line": _held(
        "line {line}: goods for '{place}' ({role}), where the order's place is '{home}'",
        "ask the customer where the goods of the line are to go",
    ),
    "BUS-PLACE/order": _held(
        "the order names '{place}' ({role}) beside '{home}': its goods could go to either",
        "ask the customer where the goods are to go",
    ),
    "BUS-PLACE-UNKNOWN/line": _held(
        "line {line}: names '{place}' as '{role}', a role we do not know: its goods may have to go there",
        "ask the customer what the party is to the line; a role without bearing gets a word in the partner's map",
    ),
    "BUS-PLACE-UNKNOWN/order": _held(
        "the order names '{place}' as '{role}', a role we do not know: its goods may have to go there",
        "ask the customer what the party is to the order; a role without bearing gets a word in the partner's map",
    ),
    "BUS-UNWEIGHED/line": _held(
        "line {line}: '{value}' at {place} says a {meaning}, and no rule of ours weighs it",
        "ask the customer what it asks of us; have a rule for it added to the partner's map",
    ),
    "BUS-UNWEIGHED/order": _held(
        "'{value}' at {place} says a {meaning} of the order, and no rule of ours weighs it",
        "ask the customer what it asks of us; have a rule for it added to the partner's map",
    ),
    "BUS-UNWEIGHED/line-half": _held(
        "line {line}: {place} came without the rest of it, and nothing of it was taken",
        "ask the customer what is meant",
    ),
    "BUS-UNWEIGHED/order-half": _held(
        "the order says {place} without the rest of it, and nothing of it was taken", "ask the customer what is meant"
    ),
    "BUS-SAID-TWICE": _held("{place} says '{second}' beside '{first}'", "ask the customer which is meant"),
    "BUS-CONDITION": _held(
        "the order says '{rule}' of how it is to be shipped or cancelled, and no rule of ours weighs it",
        "agree with the customer what it asks of us",
    ),
    "BUS-COUNT": _held(
        "the order states '{value}' at {place}, and what has arrived comes to {lines} in lines"
        " and {pieces} in quantity: a part may be lost",
        "ask the customer how many lines, and of how many pieces, the order has",
    ),
}

ABOUT_PRICES = {
    "BUS-PRICE-NO-TIER": _refused(
        "line {line}: no contract price below {start}, ordered {asked}",
        "order at least {start}, or agree a price for less",
    ),
    "BUS-CONTRACT-UNKNOWN": _refused(
        "line {line}: contract '{contract}' has no price for {item}; we know {known}",
        "name the contract that covers the item",
    ),
    "BUS-PRICE-NONE": _refused(
        "line {line}: no contract price for {item} on {day}", "agree a price with your account manager first"
    ),
    "BUS-CURRENCY-UNCLEAR": _held(
        "line {line}: neither the order nor the line says a currency, and we have prices in several",
        "ask the customer for the currency",
    ),
    "BUS-PRICE-CURRENCY": _refused(
        "line {line}: ordered in '{currency}', the contract is in {agreed}", "order in {agreed}"
    ),
    "BUS-CONTRACT-TWICE/order": _held(
        "the order names contract '{first}' and contract '{second}': its prices could be of either",
        "ask the customer which contract is meant",
    ),
    "BUS-CONTRACT-TWICE/line": _held(
        "line {line}: contract '{first}' is named and contract '{second}': its price could be of either",
        "ask the customer which contract is meant",
    ),
    "BUS-PRICE-TWICE": _held(
        "line {line}: says a price of {said} ({kind}) beside its own, which is {own}",
        "ask the customer what is to be paid",
    ),
    "BUS-CONTRACT-UNCLEAR": _held(
        "line {line}: several contracts have a price for {item}: {contracts}",
        "ask the customer which contract is meant",
    ),
    "BUS-PRICE-FILLED": _changed(
        Status.PRICE_CHANGED,
        "line {line}: no price ordered; contract {contract} says {agreed}",
        "check the price given back",
    ),
    "BUS-PRICE-ABSURD": _refused("line {line}: the price is no number that can be paid", "correct the price"),
    "BUS-PRICE-TOO-LONG": _refused(
        "line {line}: the price, {value}, has more than {most} digits, decimals among them; no longer number is taken",
        "write the price with at most {most} digits",
    ),
    "BUS-PRICE-BASIS": _held(
        "line {line}: we cannot tell what the price {ordered} is for", "ask the customer what one price is for"
    ),
    "BUS-PRICE-TOLERATED": _noted(
        "line {line}: ordered at {ordered}, contract {contract} says {agreed}; within the tolerance agreed",
        "nothing to do; bring the customer's price list up to date",
    ),
    "BUS-PRICE-OFF-CONTRACT": _refused(
        "line {line}: ordered at {ordered}, contract {contract} says {agreed}",
        "order at the contract price, or agree another first",
    ),
}

ABOUT_LINES = {
    "BUS-LINE-REPEATED": _refused(
        "line number '{line}' stands on more than one line", "give every line its own number and order again"
    ),
    "BUS-CURRENCY-MIXED": _refused(
        "line {line}: ordered in '{currency}', the rest of the order in '{expected}'", "order each currency by itself"
    ),
    "BUS-LOT/line": _held(
        "line {line}: asks for the {kind} '{value}', and what is ordered is made anew",
        "ask the customer whether goods that exist already are meant",
    ),
    "BUS-PACK": _held(
        "line {line}: {asked} in packs of {pack}: that is no whole number of packs",
        "ask the customer how many go into a pack, and how many are wanted",
    ),
    "BUS-PACK/unit": _held(
        "line {line}: a {unit} is said to hold {pack}, and {agreed} are agreed",
        "ask the customer how many go into one, and how many are wanted",
    ),
    "BUS-CONDITION/line": _held(
        "line {line}: says '{rule}' of how it is to be shipped or cancelled, and no rule of ours weighs it",
        "agree with the customer what it asks of us",
    ),
    "BUS-BOM-CHANGED": _held(
        "line {line}: changes the bill of materials for this order",
        "have engineering look at it; send an engineering change for what shall last",
    ),
    "BUS-ALLOWANCE/line": _held(
        "line {line}: takes off an allowance that no contract price of ours knows",
        "agree the allowance with the customer",
    ),
    "BUS-LINE-AMOUNT": _doubted(
        "line {line}: its amount is stated as '{stated}', quantity and price make '{computed}'",
        "nothing is booked from the stated amount; check the line",
    ),
    "BUS-LINE-AMOUNT-UNCOMPARED": _doubted(
        "line {line}: its amount is stated as '{stated}', and no amount to compare it with follows from what it says",
        "nothing is booked from the stated amount; check the line",
    ),
}

ABOUT_ORDERS = {
    "BUS-NO-LINES": _refused("the order has no line", "send at least one line"),
    "BUS-ALLOWANCE/order": _held(
        "the order takes off an allowance that no contract price of ours knows", "agree the allowance with the customer"
    ),
    "BUS-KIND": _held(
        "an order of kind '{kind}' is not simply made and delivered",
        "read the order and agree with the customer what it asks for",
    ),
    "BUS-LOT/order": _held(
        "the order asks for the {kind} '{value}', and what is ordered is made anew",
        "ask the customer whether goods that exist already are meant",
    ),
    "BUS-DATE-ORDER": _held(
        "the order is dated {placed}, and today is {today}: prices and dates may be meant for another day",
        "ask the customer whether it is meant to be taken now",
    ),
    "BUS-DATE-ORDER/old": _held(
        "the order is dated {placed}, more than a year before today, {today}: it may have been sent by mistake",
        "ask the customer whether it is meant to be taken now",
    ),
    "BUS-TOTAL": _doubted(
        "the order's {which} is stated as '{stated}', its lines make '{computed}'",
        "nothing is booked from the stated total; check the lines",
    ),
    "BUS-TOTAL-UNCOMPARED": _doubted(
        "the order's {which} is stated as '{stated}', and no sum to compare it with follows from its lines",
        "nothing is booked from the stated total; check the lines",
    ),
    "BUS-NOT-PLANNED": _noted(
        "promised dates are requested dates or lead times; no plan stands behind them yet",
        "nothing to do; planning may propose others later",
    ),
    "BUS-NO-NUMBER": _held("the order has no number", "ask the customer for the order number"),
    "BUS-NUMBER-UNUSABLE": _held(
        "the order's {what} is longer than {length} characters or cannot be printed", "ask the customer to send it anew"
    ),
    "BUS-INSTRUCTION": _held(
        "purpose {purpose} sent as an order, about order {order}, unknown to us",
        "decide with the customer; a change belongs in an order change (860)",
    ),
    "BUS-INSTRUCTION/known": _held(
        "purpose {purpose} sent as an order, about order {order}, which stands as {status}",
        "decide with the customer; a change belongs in an order change (860)",
    ),
    "BUS-COPY-FIRST": _noted(
        "marked as a copy, but no order of this number has arrived before", "nothing to do; it is taken as the order"
    ),
    "BUS-COPY": _noted("copy of order {order} ({first}); the first answer is sent again", "nothing to do"),
    "BUS-COPY/unanswered": _noted(
        "copy of order {order} ({first}), of which no answer is on record; it is answered now", "nothing to do"
    ),
    "BUS-UNANSWERED": _held(
        "order {order} stands as {status} without an answer, and the same message is read otherwise now",
        "compare the order with the message, and answer the customer",
    ),
    "BUS-ORDER-ALIKE": _held(
        "order '{order}' stands already as '{other}', written otherwise: it may be the same order",
        "ask the customer whether both are meant; the second goes under a number of its own",
    ),
    "BUS-ORDER-DUPLICATE/same": _held(
        "the same order {order} again ({second}); the first ({first}) stands",
        "discard the second, or ask the customer to send it under a number of its own",
    ),
    "BUS-ORDER-DUPLICATE": _held(
        "order {order} arrived again ({second}); the first ({first}) stands; the second differs",
        "discard the second, or ask the customer to send it under a number of its own",
    ),
    "BUS-ORDER-DUPLICATE/lines": _held(
        "order {order} arrived again ({second}); the first ({first}) stands; the second differs: {differences:also}",
        "discard the second, or ask the customer to send it under a number of its own",
    ),
}

SENTENCES = declared(
    ABOUT_ITEMS | ABOUT_QUANTITIES | ABOUT_DATES | ABOUT_PLACES | ABOUT_PRICES | ABOUT_LINES | ABOUT_ORDERS
)
