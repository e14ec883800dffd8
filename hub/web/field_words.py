"""What the fields of canonical documents are called where no schema gives a place a name: its field then names it.

A customer's own schema rarely has words, and an attribute has none even where its element does. The last two names of a
field are looked up, then the last alone; what is not here is shown as its path.
"""

from __future__ import annotations

import re

from hub.web.languages import N_

_INDEX = re.compile(r"\[\d+\]|(?<=[./])\d+(?=[./]|\Z)")

FIELDS = {
    "document": N_("Kind of document"),
    "version": N_("Version"),
    "purpose": N_("Purpose"),
    "kind": N_("Kind"),
    "number": N_("Number"),
    "lines.number": N_("Line number"),
    "order.number": N_("Order number of the buyer"),
    "release": N_("Release number"),
    "message_id": N_("Id of the message"),
    "placed": N_("When it was ordered"),
    "placed.on": N_("Day it was ordered"),
    "issued.on": N_("Day it was written"),
    "acknowledged.on": N_("Day we acknowledge it"),
    "requested.on": N_("Day it is wanted"),
    "deliver": N_("Day of delivery"),
    "deliver.on": N_("Day of delivery"),
    "ship.on": N_("Day it leaves us"),
    "start.on": N_("First day"),
    "end.on": N_("Last day"),
    "on": N_("Day"),
    "at": N_("Time of day"),
    "zone": N_("Time zone"),
    "contract": N_("Contract number"),
    "project": N_("Project"),
    "currency": N_("Currency"),
    "seller_order": N_("Our order number"),
    "answer_number": N_("Number of our answer"),
    "customer_reference": N_("Customer's reference"),
    "requisition": N_("Requisition"),
    "verdict": N_("Verdict"),
    "status": N_("Verdict"),
    "reason": N_("Reason"),
    "amount": N_("Amount"),
    "price.amount": N_("Price"),
    "basis": N_("What it rests on"),
    "value": N_("Value"),
    "quantity": N_("Quantity"),
    "quantity.value": N_("Quantity"),
    "unit": N_("Unit"),
    "id": N_("Number"),
    "id.value": N_("Number"),
    "scheme": N_("List the number is of"),
    "endpoint.value": N_("Electronic address"),
    "role": N_("Role"),
    "name": N_("Name"),
    "lines": N_("Address line"),
    "attention": N_("To the attention of"),
    "city": N_("City"),
    "region": N_("Region"),
    "postal": N_("Postal code"),
    "country": N_("Country"),
    "country_name": N_("Name of the country"),
    "label": N_("What it is called"),
    "phone": N_("Telephone"),
    "email": N_("E-mail"),
    "paid_by": N_("Who pays the freight"),
    "place_kind": N_("Kind of place"),
    "place": N_("Place"),
    "text": N_("Text"),
    "subject": N_("What it is about"),
    "language": N_("Language"),
    "item": N_("Item"),
    "item.buyer": N_("Item number of the buyer"),
    "item.seller": N_("Our item number"),
    "revision": N_("Revision"),
    "udi_di": N_("Device identifier (UDI-DI)"),
    "gtin": N_("GTIN"),
    "classes.code": N_("Class of the item"),
    "classes.list": N_("List the class is of"),
    "code": N_("Code"),
    "list": N_("List"),
    "form": N_("Form"),
    "net_days": N_("Days until it is paid"),
    "counts": N_("Counts"),
    "reference": N_("What it refers to"),
    "found": N_("Found"),
    "expected": N_("Expected"),
    "remedy": N_("What to do"),
    "specification": N_("Specification"),
}


def word_of(path: str) -> str | None:
    """Return the word for a field; None where there is none.

    >>> word_of("lines[0].item.buyer"), word_of("/lines/0/quantity/unit"), word_of("extensions.rush")
    ('Item number of the buyer', 'Unit', None)
    """
    names = [each for each in re.split(r"[./]", _INDEX.sub("", path)) if each]
    if not names:
        return None
    return FIELDS.get(".".join(names[-2:])) or FIELDS.get(names[-1])
