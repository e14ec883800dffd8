"""The room of purchase orders, declared: what it handles and owes, and all that the rest of the hub knows of it.

How an order takes effect stands in ``handlers``, how it is decided in ``decide``.
"""

from __future__ import annotations

from hub.business.orders.filing import NewOrder
from hub.business.orders.handlers import document_of, note_answers, numbers_in, prepare, take_purchase_order, write_new
from hub.business.orders.reasons import HOLDING
from hub.business.orders.rules import faults_of_tables, read_rules
from hub.business.orders.store import stands, versions
from hub.business.room import Pages, Room
from hub.security.policy import READERS, Grant

ORDERS = Room(
    name="orders",
    handles={"PurchaseOrder": take_purchase_order},
    documents={"PurchaseOrder": "Purchase order", "OrderAcknowledgement": "Order acknowledgement"},
    keys={
        "purchase-order": "PO",
        "contract": "Contract",
        "seller-order": "Our order",
        "release": "Release",
        "item": "Item",
        "udi-di": "UDI-DI",
        "requisition": "Requisition",
        "customer-reference": "Customer's reference",
        "project": "Project",
        "gtin": "GTIN",
        "gln": "GLN",
        "party": "Party number",
        "answer": "Our answer",
    },
    numbers=numbers_in,
    read_rules=read_rules,
    prepare=prepare,
    writes=NewOrder,
    document_of=document_of,
    versions=versions,
    write=write_new,
    sent=note_answers,
    grants=(Grant(permission="order:read", roles=READERS, keys=True),),
    pages=Pages(
        address="/orders", label="Orders", one="Open the order, line by line", permission="order:read", stands=stands
    ),
    checks={"tables": faults_of_tables},
    asked_codes=HOLDING,
    when_held=(
        "If something is to be agreed: agree it with the customer. What they send under the same order number is held "
        "as a copy: ask them for a new order number, or settle it by hand."
    ),
    when_found={
        "BUS-INSTRUCTION": (
            "Agree with the customer, by mail or telephone, what becomes of the order: the hub carries out no such "
            "instruction, and the same sent once more is held again."
        )
    },
)
