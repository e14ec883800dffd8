"""A business room more, for changes: what a partner says about an order of its own amends it.

It stands for order changes to come. Its records are one table; an amendment with a lower number than one that took
effect comes too late and does nothing.
"""

from __future__ import annotations

from collections.abc import MutableSet

from sqlalchemy import Connection, text

from hub.business.orders import store
from hub.business.room import Arrived, Change, Room
from hub.canonical.order import OrderAcknowledgement
from hub.canonical.result import Result
from hub.kernel.outcome import Key
from hub.kernel.struct import Struct

MADE = "CREATE TABLE amended (number TEXT, test BOOLEAN, sequence INTEGER, message TEXT)"
LAST = text("SELECT max(sequence) FROM amended WHERE number = :number AND test = :test")
MAKE = text("INSERT INTO amended VALUES (:number, :test, :sequence, :message)")


def amend(conn: Connection, arrived: Arrived, rules: None, answering: MutableSet[str]) -> Result:
    """Amend the order, unless it does not stand, or has a later amendment."""
    change = change_of(arrived.document)
    number, sequence = change.subject.value, change.sequence or 0
    if store.known_order(conn, arrived.partner.id, number, "", test=arrived.test) is None:
        return Result(outcome="none", waits=True)
    values = {"number": number, "test": arrived.test, "sequence": sequence, "message": arrived.message}
    last = conn.execute(LAST, values).scalar()
    if last is not None and last >= sequence:
        return Result(outcome="duplicate", subject=change.subject)
    conn.execute(MAKE, values)
    return Result(outcome="changed", subject=change.subject)


def change_of(document: Struct) -> Change:
    assert isinstance(document, OrderAcknowledgement)
    sequence = int(document.request_number) if document.request_number else None
    return Change(subject=Key(kind="purchase-order", value=document.order.number), sequence=sequence)


AMENDMENTS = Room(
    name="amendments",
    handles={"OrderAcknowledgement": amend},
    documents={"OrderAcknowledgement": "Change"},
    changes={"OrderAcknowledgement": change_of},
)
ROW = dict.fromkeys(AMENDMENTS.handles, AMENDMENTS)
