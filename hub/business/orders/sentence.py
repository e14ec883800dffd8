"""One sentence about an order, and what it does to it. Which there are stands in ``sentences``."""

from __future__ import annotations

from hub.business.orders.model import LineVerdict, Status
from hub.kernel.struct import Struct


class Sentence(Struct):
    """What is said, and its effect on the line or order it is said about."""

    effect: LineVerdict
    message: str
    remedy: str
    status: Status | None = None  # which change, for a sentence that changes a line
    warns: bool = False  # changes nothing, and yet someone should look
