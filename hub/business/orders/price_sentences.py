"""What we say about money in an order: prices of its lines, and what is taken off or added beside them.

In: nothing, this is a part of the table of ``sentences``, which says how it is read.
"""

from __future__ import annotations

from hub.business.orders.model import Status
from hub.business.orders.sentence import changed, held, noted, refused

ABOUT_PRICES = {
    "BUS-PRICE-NO-TIER": refused(
        "line {line}: no contract price below {start}, ordered {asked}",
        "order at least {start}, or agree a price for less",
    ),
    "BUS-CONTRACT-UNKNOWN": refused(
        "line {line}: contract '{contract}' has no price for {item}; we know {known}",
        "name the contract that covers the item",
    ),
    "BUS-PRICE-NONE": refused(
        "line {line}: no contract price for {item} on {day}", "agree a price with your account manager first"
    ),
    "BUS-CURRENCY-UNCLEAR": held(
        "line {line}: neither the order nor the line says a currency, and we have prices in several",
        "ask the customer for the currency",
    ),
    "BUS-PRICE-CURRENCY": refused(
        "line {line}: ordered in '{currency}', the contract is in {agreed}", "order in {agreed}"
    ),
    "BUS-CONTRACT-TWICE/order": held(
        "the order names contract '{first}' and contract '{second}': its prices could be of either",
        "ask the customer which contract is meant",
    ),
    "BUS-CONTRACT-TWICE/line": held(
        "line {line}: contract '{first}' is named and contract '{second}': its price could be of either",
        "ask the customer which contract is meant",
    ),
    "BUS-PRICE-TWICE": held(
        "line {line}: says a price of {said} ({kind}) beside its own, which is {own}",
        "ask the customer what is to be paid",
    ),
    "BUS-CONTRACT-UNCLEAR": held(
        "line {line}: several contracts have a price for {item}: {contracts}",
        "ask the customer which contract is meant",
    ),
    "BUS-PRICE-FILLED": changed(
        Status.PRICE_CHANGED,
        "line {line}: no price ordered; contract {contract} says {agreed}",
        "check the price given back",
    ),
    "BUS-PRICE-ABSURD": refused("line {line}: the price is no number that can be paid", "correct the price"),
    "BUS-PRICE-TOO-LONG": refused(
        "line {line}: the price, {value}, has more than {most} digits, decimals among them; no longer number is taken",
        "write the price with at most {most} digits",
    ),
    "BUS-PRICE-BASIS": held(
        "line {line}: we cannot tell what the price {ordered} is for", "ask the customer what one price is for"
    ),
    "BUS-PRICE-TOLERATED": noted(
        "line {line}: ordered at {ordered}, contract {contract} says {agreed}; within the tolerance agreed",
        "nothing to do; bring the customer's price list up to date",
    ),
    "BUS-PRICE-OFF-CONTRACT": refused(
        "line {line}: ordered at {ordered}, contract {contract} says {agreed}",
        "order at the contract price, or agree another first",
    ),
    "BUS-ALLOWANCE/line": held(
        "line {line}: takes off an allowance that no contract price of ours knows",
        "agree the allowance with the customer",
    ),
    "BUS-CHARGE/line": held(
        "line {line}: adds a charge of {charge} that no contract price of ours knows",
        "agree the charge with the customer",
    ),
    "BUS-ALLOWANCE/order": held(
        "the order takes off an allowance that no contract price of ours knows", "agree the allowance with the customer"
    ),
    "BUS-CHARGE/order": held(
        "the order adds a charge of {charge} that no contract price of ours knows", "agree the charge with the customer"
    ),
}
