"""Who handles which document: the table.

A handler takes the transaction in which everything about the document is written, and what arrived; it returns what
became of it and what we owe for it. A refusal by the factory is an outcome, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable

from hub.flow.acknowledged import take_functional_acknowledgement
from hub.flow.arrivals import Arrival, Handled, Workplace
from hub.flow.ordering import take_purchase_order

Handler = Callable[[Workplace, Arrival], Handled]

HANDLERS: dict[str, Handler] = {
    "PurchaseOrder": take_purchase_order,
    "FunctionalAcknowledgement": take_functional_acknowledgement,
}
"""Canonical document to who handles it. What is not named here waits for a person."""
