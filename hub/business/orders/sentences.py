"""Every sentence we say about an order: what it does, in which words, and what the reader can do.

In: nothing, this is a table. A key is a code, and behind a slash the case where one code has several sentences. Words
in braces are filled in by the rule that speaks; pages translate the sentence as it stands here. ``docs/orders.md``
lists the codes for those who read the findings.
"""

from __future__ import annotations

from hub.business.orders.model import Basis, Status
from hub.business.orders.price_sentences import ABOUT_PRICES
from hub.business.orders.sentence import changed, doubted, held, noted, refused
from hub.kernel.sentence import declared

PROMISED = {
    Basis.REQUESTED: "requested date, not yet planned",
    Basis.OPEN_DAY: "last day of those allowed on which your dock is open, not yet planned",
    Basis.LEAD_TIME: "lead time of {days} days, not yet planned",
    Basis.NOT_BEFORE: "first day the order allows, not yet planned",
}
"""What a promise says of itself."""

ABOUT_ITEMS = {
    "BUS-NO-CATALOGUE": held(
        "line {line}: we have no item master for this customer", "add items.toml and prices.toml, then replay"
    ),
    "BUS-ITEM-MISSING": refused("line {line}: no item number", "send your item number for the line"),
    "BUS-ITEM-MISSING/kind": refused(
        "line {line}: '{value}' stands under '{kind}', and is no number of an item we make for you",
        "send your item number for the line",
    ),
    "BUS-ITEM-UNKNOWN": refused(
        "line {line}: '{value}' is not an item we make for you", "check the number, or have the item set up first"
    ),
    "BUS-ITEM-UNKNOWN/near": refused(
        "line {line}: '{value}' is not an item we make for you",
        "check whether {near} is meant, or have the item set up first",
    ),
    "BUS-ITEM-UNKNOWN/other": refused(
        "line {line}: '{value}' is not an item we make for you",
        "'{other}' on the same line is {near} with us: check which is meant",
    ),
    "BUS-ITEM-CONTRADICTS": refused(
        "line {line}: '{first}' and '{second}' do not belong together:"
        " '{second}' is {other} with us, '{first}' is {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-ITEM-CONTRADICTS/unknown": refused(
        "line {line}: '{first}' and '{second}' do not belong together:"
        " '{second}' is not known to us, '{first}' is {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-UDI-MISMATCH": refused(
        "line {line}: device identifier '{second}' is that of {other}, '{first}' has {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-UDI-MISMATCH/unknown": refused(
        "line {line}: device identifier '{second}' is not known to us, '{first}' has {expected}",
        "correct the number that is wrong and order again",
    ),
    "BUS-UDI-UNKNOWN": held(
        "line {line}: device identifier '{value}' ordered, none is on record for {item}",
        "confirm the device identifier and add it to items.toml",
    ),
    "BUS-ITEM-QUALIFIER": held(
        "line {line}: '{value}' stands under '{kind}', a kind of number we do not know",
        "ask the customer what it says; it may be a revision",
    ),
    "BUS-REVISION-CONTRADICTS": refused(
        "line {line}: revisions '{first}' and '{second}' of {item} ordered at once; orders are taken for {taken}",
        "say the one revision that is meant and order again",
    ),
    "BUS-REVISION-MISSING": refused(
        "line {line}: no revision of {item} ordered; orders are taken for {taken}", "say which revision is ordered"
    ),
    "BUS-REVISION-FILLED": changed(
        Status.CHANGED,
        "line {line}: no revision ordered; we will make {taken}, the only one taken",
        "check the revision given back",
    ),
    "BUS-REVISION-UNKNOWN": refused(
        "line {line}: revision '{revision}' of {item} ordered, which we do not know; orders are taken for {taken}",
        "order revision {taken}, or have the engineering change agreed with us first",
    ),
    "BUS-REVISION-NOT-TAKEN/ended": refused(
        "line {line}: revision '{revision}' of {item} ordered, which ended on {day}; orders are taken for {taken}",
        "order revision {taken}, or ask for the earlier one to be taken again",
    ),
    "BUS-REVISION-NOT-TAKEN/not-begun": refused(
        "line {line}: revision '{revision}' of {item} ordered, which begins on {day}; orders are taken for {taken}",
        "order revision {taken}, or order again when the new one has begun",
    ),
    "BUS-DRAWING-REVISION": refused(
        "line {line}: drawing revision '{drawing}' ordered,"
        " revision {revision} of {item} is made to drawing revision {expected}",
        "correct the drawing or the item revision and order again",
    ),
    "BUS-DRAWING-UNKNOWN": held(
        "line {line}: drawing revision '{drawing}' ordered; none is on record for revision {revision} of {item}",
        "confirm to which drawing the revision is made, and add it to items.toml",
    ),
    "BUS-DRAWING-REVISION/two": refused(
        "line {line}: drawing revisions '{expected}' and '{drawing}' ordered at once for revision {revision} of {item}",
        "correct the drawing or the item revision and order again",
    ),
}

ABOUT_QUANTITIES = {
    "BUS-QUANTITY-MISSING": refused(
        "line {line}: no quantity, neither on the line nor as one sum of its schedules", "say how many are ordered"
    ),
    "BUS-QUANTITY-NOT-POSITIVE": refused(
        "line {line}: the quantity ordered, {value}, is not above zero, or no number", "correct the quantity"
    ),
    "BUS-QUANTITY-TOO-LONG": refused(
        "line {line}: the quantity ordered, {value}, has more than {most} digits, decimals among them; no longer number"
        " is taken",
        "write the quantity with at most {most} digits",
    ),
    "BUS-UNIT": refused(
        "line {line}: {item} is not sold by the {unit}; agreed units are {units}", "order in one of {units}"
    ),
    "BUS-QUANTITY-BELOW-MINIMUM": refused(
        "line {line}: {asked} ordered, the minimum is {limit}", "order at least {limit}"
    ),
    "BUS-QUANTITY-ABOVE-MAXIMUM": refused(
        "line {line}: {asked} ordered, one line takes {limit} at most",
        "check the quantity; if it is meant, split it or ask your account manager",
    ),
    "BUS-QUANTITY-MULTIPLE": refused(
        "line {line}: {asked} ordered, we make multiples of {limit}", "order a multiple of {limit}"
    ),
    "BUS-PART/schedules": refused(
        "line {line}: its schedules have a quantity that is not above zero or too long, or a unit not agreed",
        "correct the schedules; a quantity has at most {most} digits",
    ),
    "BUS-PART/splits": refused(
        "line {line}: its splits have a quantity that is not above zero or too long, or a unit not agreed",
        "correct the splits; a quantity has at most {most} digits",
    ),
    "BUS-PARTS-SUM/schedules": refused(
        "line {line}: its schedules make {total}, the line says {stated}", "make the schedules add up to the line"
    ),
    "BUS-PARTS-SUM/splits": refused(
        "line {line}: its splits make {total}, the line says {stated}", "make the splits add up to the line"
    ),
}

ABOUT_DATES = {
    "BUS-DATE-PAST": refused(
        "line {line}: {part} wanted on {day} ({kind}), which is past; today is {today}",
        "order again with a day to come",
    ),
    "BUS-DATE-PAST/order-over": refused(
        "line {line}: the order was open until {day}, which is past; today is {today}",
        "order again with a last day of the order that is to come",
    ),
    "BUS-DATE-TOO-FAR": refused(
        "line {line}: {part} wanted on {day} ({kind}); we answer no further than {last}",
        "check the year; tell us of later demand by mail or telephone",
    ),
    "BUS-DATE-LEAD-TIME": changed(
        Status.RESCHEDULED,
        "line {line}: {part} wanted on {day} ({kind}), promised for {promised}:"
        " the lead time is {days} days, not yet planned",
        "check the new date; if an earlier one is needed, agree it with us by mail or telephone",
    ),
    "BUS-DATE-NOT-BEFORE": changed(
        Status.RESCHEDULED,
        "line {line}: {part} wanted on {day} ({kind}), promised for {promised}:"
        " the order allows none before {first} ({other})",
        "check the new date; if one of the days is wrong, agree the right one with us by mail or telephone",
    ),
    "BUS-DATE-WITHIN": noted(
        "line {line}: no single day asked for; {part} promised for {promised}, within {allowed}, not yet planned",
        "check the date given back",
    ),
    "BUS-DATE-WITHIN/open": noted(
        "line {line}: {part} wanted until {day} ({kind}), on which the dock is closed; promised for {promised},"
        " the last day before it on which it is open",
        "check the date given back",
    ),
    "BUS-DATE-FILLED": noted(
        "line {line}: no day asked for; {part} promised for {promised} by lead time, not yet planned",
        "check the date given back",
    ),
    "BUS-DATE-FILLED/said": noted(
        "line {line}: no date of the order says when it is wanted; {part} promised for {promised} by lead time,"
        " not yet planned",
        "check the date given back",
    ),
    "BUS-DATE-CANCELLED": held(
        "line {line}: {part} could come on {promised}, but the order ends on {day} ({kind}):"
        " the lead time is {days} days",
        "ask the customer whether it is still wanted then, or have it made sooner",
    ),
    "BUS-DATE-CONFLICT": held(
        "line {line}: {part} wanted on {day} ({kind}) and not after {first} ({other}): no day keeps both",
        "ask the customer which day is meant",
    ),
    "BUS-DATE-UNKNOWN/line": held(
        "line {line}: says the date '{day}' of kind '{kind}', which we cannot weigh",
        "ask the customer what the date asks of us; a kind without bearing gets a word in the partner's map",
    ),
    "BUS-DATE-UNKNOWN/order": held(
        "the order says the date '{day}' of kind '{kind}', which we cannot weigh",
        "ask the customer what the date asks of us; a kind without bearing gets a word in the partner's map",
    ),
    "BUS-DATE-UNKNOWN/line-empty": held(
        "line {line}: names the date '{kind}' and says no day, or but one end of a period",
        "ask the customer which day is meant",
    ),
    "BUS-DATE-UNKNOWN/order-empty": held(
        "the order names the date '{kind}' and says no day, or but one end of a period",
        "ask the customer which day is meant",
    ),
    "BUS-DATE-TIME/line": held(
        "line {line}: {day} ({kind}) is said with the time {time}{zone}; we promise days and no hours",
        "ask the customer whether the day is enough",
    ),
    "BUS-DATE-TIME/order": held(
        "the order says {day} ({kind}) with the time {time}{zone}; we promise days and no hours",
        "ask the customer whether the day is enough",
    ),
    "BUS-DATE-TWICE/line": held(
        "line {line}: says {first} ({other}) and {day} ({kind}), where there can be one day",
        "ask the customer which day is meant",
    ),
    "BUS-DATE-TWICE/order": held(
        "the order says {first} ({other}) and {day} ({kind}), where there can be one day",
        "ask the customer which day is meant",
    ),
}

ABOUT_PLACES = {
    "BUS-PLACE/line": held(
        "line {line}: goods for '{place}' ({role}), where the order's place is '{home}'",
        "ask the customer where the goods of the line are to go",
    ),
    "BUS-PLACE/order": held(
        "the order names '{place}' ({role}) beside '{home}': its goods could go to either",
        "ask the customer where the goods are to go",
    ),
    "BUS-PLACE-UNKNOWN/line": held(
        "line {line}: names '{place}' as '{role}', a role we do not know: its goods may have to go there",
        "ask the customer what the party is to the line; a role without bearing gets a word in the partner's map",
    ),
    "BUS-PLACE-UNKNOWN/order": held(
        "the order names '{place}' as '{role}', a role we do not know: its goods may have to go there",
        "ask the customer what the party is to the order; a role without bearing gets a word in the partner's map",
    ),
    "BUS-UNWEIGHED/line": held(
        "line {line}: '{value}' at {place} says a {meaning}, and no rule of ours weighs it",
        "ask the customer what it asks of us; have a rule for it added to the partner's map",
    ),
    "BUS-UNWEIGHED/order": held(
        "'{value}' at {place} says a {meaning} of the order, and no rule of ours weighs it",
        "ask the customer what it asks of us; have a rule for it added to the partner's map",
    ),
    "BUS-UNWEIGHED/line-half": held(
        "line {line}: {place} came without the rest of it, and nothing of it was taken",
        "ask the customer what is meant",
    ),
    "BUS-UNWEIGHED/order-half": held(
        "the order says {place} without the rest of it, and nothing of it was taken", "ask the customer what is meant"
    ),
    "BUS-SAID-TWICE": held("{place} says '{second}' beside '{first}'", "ask the customer which is meant"),
    "BUS-CONDITION": held(
        "the order says '{rule}' of how it is to be shipped or cancelled, and no rule of ours weighs it",
        "agree with the customer what it asks of us",
    ),
    "BUS-COUNT": held(
        "the order states '{value}' at {place}, and what has arrived comes to {lines} in lines"
        " and {pieces} in quantity: a part may be lost",
        "ask the customer how many lines, and of how many pieces, the order has",
    ),
}

ABOUT_LINES = {
    "BUS-LINE-REPEATED": refused(
        "line number '{line}' stands on more than one line", "give every line its own number and order again"
    ),
    "BUS-CURRENCY-MIXED": refused(
        "line {line}: ordered in '{currency}', the rest of the order in '{expected}'", "order each currency by itself"
    ),
    "BUS-CURRENCY-MIXED/amount": refused(
        "line {line}: its amount is stated in '{currency}', the order is in '{expected}'",
        "state prices and amounts in one currency and order again",
    ),
    "BUS-CURRENCY-MIXED/total": refused(
        "the order's {which} is stated in '{currency}', the order is in '{expected}'",
        "state prices and totals in one currency and order again",
    ),
    "BUS-LOT/line": held(
        "line {line}: asks for the {kind} '{value}', and what is ordered is made anew",
        "ask the customer whether goods that exist already are meant",
    ),
    "BUS-PACK": held(
        "line {line}: {asked} in packs of {pack}: that is no whole number of packs",
        "ask the customer how many go into a pack, and how many are wanted",
    ),
    "BUS-PACK/unit": held(
        "line {line}: a {unit} is said to hold {pack}, and {agreed} are agreed",
        "ask the customer how many go into one, and how many are wanted",
    ),
    "BUS-CONDITION/line": held(
        "line {line}: says '{rule}' of how it is to be shipped or cancelled, and no rule of ours weighs it",
        "agree with the customer what it asks of us",
    ),
    "BUS-BOM-CHANGED": held(
        "line {line}: changes the bill of materials for this order",
        "have engineering look at it; agree with the customer what shall last",
    ),
    "BUS-BACKORDER": held(
        "line {line}: nothing of it may come later than asked, and we cannot keep the day",
        "agree a later day with the customer, or that nothing is made",
    ),
    "BUS-LINE-AMOUNT": doubted(
        "line {line}: its amount is stated as {stated}, quantity and price make {computed}",
        "nothing is booked from the stated amount; check the line",
    ),
    "BUS-LINE-AMOUNT-UNCOMPARED": doubted(
        "line {line}: its amount is stated as {stated}, and no amount to compare it with follows from what it says",
        "nothing is booked from the stated amount; check the line",
    ),
}

ABOUT_ORDERS = {
    "BUS-NO-LINES": refused("the order has no line", "send at least one line"),
    "BUS-KIND": held(
        "an order of kind '{kind}' is not simply made and delivered",
        "read the order and agree with the customer what it asks for",
    ),
    "BUS-LOT/order": held(
        "the order asks for the {kind} '{value}', and what is ordered is made anew",
        "ask the customer whether goods that exist already are meant",
    ),
    "BUS-DATE-ORDER": held(
        "the order is dated {placed}, and today is {today}: prices and dates may be meant for another day",
        "ask the customer whether it is meant to be taken now",
    ),
    "BUS-DATE-ORDER/old": held(
        "the order is dated {placed}, more than a year before today, {today}: it may have been sent by mistake",
        "ask the customer whether it is meant to be taken now",
    ),
    "BUS-TOTAL": doubted(
        "the order's {which} is stated as {stated}, its lines make {computed}",
        "nothing is booked from the stated total; check the lines",
    ),
    "BUS-TOTAL-UNCOMPARED": doubted(
        "the order's {which} is stated as {stated}, and no sum to compare it with follows from its lines",
        "nothing is booked from the stated total; check the lines",
    ),
    "BUS-NOT-PLANNED": noted(
        "promised dates are requested dates or lead times; no plan stands behind them yet",
        "nothing to do; planning may propose others later",
    ),
    "BUS-NO-NUMBER": held("the order has no number", "ask the customer for the order number"),
    "BUS-NUMBER-UNUSABLE/too-long": held(
        "the order's {what} has {signs} characters, and {length} are kept at most",
        "ask the customer to send it with a shorter one",
    ),
    "BUS-NUMBER-UNUSABLE/unprintable": held(
        "the order's {what} holds {sign}, a sign that cannot be printed", "ask the customer to send it without the sign"
    ),
    "BUS-INSTRUCTION": held(
        "purpose {purpose} sent as an order, about order {order}, unknown to us",
        "agree with the customer what is meant, by mail or telephone",
    ),
    "BUS-INSTRUCTION/known": held(
        "purpose {purpose} sent as an order, about order {order}, which stands as {status}",
        "agree it with the customer by mail or telephone",
    ),
    "BUS-INSTRUCTION/refused": held(
        "purpose {purpose} sent as an order, about order {order}, all of which was refused",
        "nothing of the order stands: agree with the customer what is meant, by mail or telephone",
    ),
    "BUS-INSTRUCTION/held": held(
        "purpose {purpose} sent as an order, about order {order}, which is held for a person itself",
        "agree it with the customer by mail or telephone, together with the order",
    ),
    "BUS-COPY-FIRST": noted(
        "marked as a copy, but no order of this number stands that it could be a copy of",
        "nothing to do; it is taken as the order",
    ),
    "BUS-COPY": noted("copy of order {order} ({first}); the first answer is sent again", "nothing to do"),
    "BUS-COPY/unanswered": noted(
        "copy of order {order} ({first}), of which no answer is on record; it is answered now", "nothing to do"
    ),
    "BUS-UNANSWERED": held(
        "order {order} came out as {status}, no answer to it is on record, and the same message is read otherwise now",
        "compare the order with the message, and answer the customer",
    ),
    "BUS-PARTY": held(
        "the {role} is named {named}; agreed: {agreed}",
        "ask the customer whether the order is meant for us; if so, add the number under [[parties]] of its file",
    ),
    "BUS-UNSAID": held(
        "our answer could not be written: {why}",
        "mend what the customer's map or schema writes, then replay; or agree the order with the customer",
    ),
    "BUS-ORDER-ALIKE": held(
        "order '{order}' stands already as '{other}', written otherwise: it may be the same order",
        "ask the customer whether both are meant; the second goes under a number of its own",
    ),
    "BUS-ORDER-REPLACED": noted(
        "order {order} was refused as it came here, and the one that came later ({second}) is in its place",
        "nothing to do",
    ),
    "BUS-ORDER-DUPLICATE/same": held(
        "the same order {order} again ({second}); the first ({first}) stands",
        "discard the second, or ask the customer to send it under a number of its own",
    ),
    "BUS-ORDER-DUPLICATE": held(
        "order {order} arrived again ({second}); the first ({first}) stands; the second differs",
        "discard the second, or ask the customer to send it under a number of its own",
    ),
    "BUS-ORDER-DUPLICATE/lines": held(
        "order {order} arrived again ({second}); the first ({first}) stands; the second differs: {differences:also}",
        "discard the second, or ask the customer to send it under a number of its own",
    ),
}

SENTENCES = declared(
    ABOUT_ITEMS | ABOUT_QUANTITIES | ABOUT_DATES | ABOUT_PLACES | ABOUT_PRICES | ABOUT_LINES | ABOUT_ORDERS
)
