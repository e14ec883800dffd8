"""The documents exchanged, partner-free, frozen, one file per business noun.

``DOCUMENTS`` is the table of them: what a map may name as its ``document``.
"""

from __future__ import annotations

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.canonical.advice import ApplicationAdvice
from hub.canonical.order import OrderAcknowledgement, PurchaseOrder
from hub.kernel.struct import Struct

DOCUMENTS: dict[str, type[Struct]] = {
    document.__name__: document
    for document in (PurchaseOrder, OrderAcknowledgement, FunctionalAcknowledgement, ApplicationAdvice)
}

VERSIONS: dict[str, int] = dict.fromkeys(DOCUMENTS, 1) | {FunctionalAcknowledgement.__name__: 2}
"""Version of each document's shape; raised when a field changes its meaning or goes away."""
