"""The purchase order and our answer to it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hub.canonical.shared import (
    Address,
    Carrier,
    Charge,
    Contact,
    Dated,
    DocumentFile,
    Freight,
    Item,
    OrderRef,
    Packing,
    Party,
    Reference,
    Requirement,
    Split,
    Tax,
    Terms,
    Text,
    Totals,
    Unweighed,
    Words,
)
from hub.kernel.struct import Struct
from hub.kernel.words import Id, Money, Period, Price, Quantity, When


class Schedule(Struct):
    """A part of a line's quantity and when it is due: at the buyer's dock, unless ``due_kind`` says shipment."""

    quantity: Quantity
    due: When | None = None
    due_kind: str | None = None
    dates: list[Dated] = []  # further days it says
    place_role: str | None = None  # what the place is to it: ship-to, …
    place: str | None = None  # whose name or number it is, the buyer knows


class Component(Struct):
    """A change to the bill of materials for this order only. ``quantity`` is per one of the line."""

    item: Item | None = None
    number: str | None = None
    relation: str | None = None  # included, add, delete, substitute
    quantity: Quantity | None = None
    price: Price | None = None
    extensions: Words = {}


class ListPrice(Struct):
    """A price beside the one ordered: retail, list, from a quantity on."""

    amount: Decimal
    currency: str
    of: str | None = None
    kind: str | None = None
    quantity: Quantity | None = None  # from which on it holds


class Class(Struct):
    """The line's place in someone's classification."""

    code: str
    list: str | None = None
    version: str | None = None


class Property(Struct):
    """A named property of the item ordered."""

    name: str
    value: str | None = None
    quantity: Quantity | None = None
    qualifier: str | None = None


class Accounting(Struct):
    """Where the buyer books a share of the line."""

    name: str | None = None
    account: str | None = None
    cost_centre: str | None = None
    percent: Decimal | None = None
    amount: Money | None = None


class OrderLine(Struct):
    """One thing ordered. ``quantity`` is the total, which the schedules divide."""

    number: str  # the buyer's line number: key of changes, promises, shipments, invoices
    item: Item | None = None
    quantity: Quantity | None = None
    price: Price | None = None
    price_before: Money | None = None
    discount: Money | None = None
    list_price: Price | None = None
    amount: Money | None = None
    tax: Tax | None = None
    requested: When | None = None
    window: Period | None = None
    partial: bool | None = None  # may we ship less than all
    backorder: bool | None = None
    cancel_rule: str | None = None  # how it is shipped or cancelled, as the order says it of itself
    cost_centre: str | None = None
    lot: str | None = None
    serials: list[str] = []
    schedules: list[Schedule] = []
    splits: list[Split] = []
    components: list[Component] = []
    parties: list[Party] = []
    descriptions: list[Text] = []
    requirements: list[Requirement] = []
    notes: list[Text] = []
    references: list[Reference] = []
    dates: list[Dated] = []
    prices: list[ListPrice] = []
    packs: list[Packing] = []
    charges: list[Charge] = []
    classes: list[Class] = []
    properties: list[Property] = []
    accounting: list[Accounting] = []
    unweighed: list[Unweighed] = []
    extensions: Words = {}


class Delivery(Struct):
    """Where and in which window the goods are awaited."""

    place: Id | None = None
    address: Address | None = None
    window: Period | None = None
    despatch: When | None = None
    shipment: str | None = None
    priority: str | None = None


class Order(Struct):
    """What an order and the answer to it have in common."""

    number: str | None = None  # the buyer's
    purpose: str | None = None
    kind: str | None = None
    release: str | None = None
    placed: When | None = None
    contract: str | None = None
    project: str | None = None
    currency: str | None = None  # ISO 4217, of every amount that does not say its own
    seller_order: str | None = None  # ours
    customer_reference: str | None = None
    requisition: str | None = None  # of the buyer's own, where it is no reference among others
    cost_centre: str | None = None
    requested: When | None = None
    window: Period | None = None
    ship_window: Period | None = None
    valid_until: date | None = None
    cancel_rule: str | None = None
    acknowledgement: str | None = None  # the buyer's wish, a word of acknowledgement-wish; "none": no answer wanted
    delivery: Delivery | None = None
    incoterm: Words = {}
    payment: Words = {}
    tax: Words = {}
    total: Totals | None = None
    parties: list[Party] = []
    contacts: list[Contact] = []
    references: list[Reference] = []
    dates: list[Dated] = []
    freight: list[Freight] = []
    terms: list[Terms] = []
    charges: list[Charge] = []
    carriers: list[Carrier] = []
    packing: list[Packing] = []
    requirements: list[Requirement] = []
    notes: list[Text] = []
    instructions: list[Text] = []
    documents: list[DocumentFile] = []
    unweighed: list[Unweighed] = []  # of the order as a whole; what stands with a line is the line's
    extensions: Words = {}


class PurchaseOrder(Order):
    """A customer orders. ``number`` is the buyer's order number."""

    message_id: str | None = None  # by which its sender knows the message it came in; nothing that is ordered
    lines: list[OrderLine] = []


class Promise(Struct):
    """What we say to a line, or to a part of it: several promises split the line's quantity."""

    status: str | None = None  # none where a wire says it of the line alone
    quantity: Quantity | None = None
    deliver: When | None = None  # at the buyer's dock
    ship: When | None = None  # from ours
    reason: str | None = None  # of whatever is not as ordered; notes of the line have all of it


class AnsweredLine(OrderLine):
    """The buyer's line given back, with our promises."""

    answer_line: str | None = None  # its own number, in an answer that has a line for every part
    status: str | None = None  # what the promises come to, taken together; a word of line-status, as theirs
    promises: list[Promise] = []


class OrderAcknowledgement(Order, kw_only=True):
    """Our answer to an order, line by line."""

    order: OrderRef
    verdict: str
    answer_number: str | None = None  # its own: no two answers have the same
    issued: When | None = None
    acknowledged: When | None = None
    request_number: str | None = None
    sequence: str | None = None
    changed: When | None = None
    lines: list[AnsweredLine] = []
