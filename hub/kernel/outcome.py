"""What became of a document, and what it is found by: words that every room and the message log share."""

from __future__ import annotations

from typing import Literal

from hub.kernel.struct import Struct

Outcome = Literal["none", "accepted", "changed", "refused", "held", "duplicate", "quarantined"]
"""What became of a document, whatever it was: "none" until somebody has decided."""


class Key(Struct):
    """A business key a document touches: ``purchase-order``, ``line``, ``lot``, ``interchange`` …"""

    kind: str
    value: str  # as the partner wrote it
