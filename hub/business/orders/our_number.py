"""Our number for an order, as its customer sees it and reads it out over the telephone. Pure: from the order's id."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: it is read over the telephone
MILLISECONDS_OF_A_DAY = 86_400_000


def seller_order_number(order_id: str) -> str:
    """Return our number for the order: the day its id (UUIDv7) was made, in UTC, and ten characters of the id.

    >>> seller_order_number("019c2a5f-9a40-7abc-8def-0123456789ab")
    'SO-260204-R14D2PF2DB'
    """
    bits = int(order_id.replace("-", ""), 16)
    drawn = bits & ((1 << 50) - 1)  # of the id's random end: 50 bits are ten characters
    text = "".join([_CROCKFORD[drawn >> shift & 31] for shift in range(45, -1, -5)])
    return f"SO-{_day((bits >> 80) // MILLISECONDS_OF_A_DAY)}-{text}"


@lru_cache(maxsize=2)
def _day(days: int) -> str:
    """Return the day that begins so many days after 1970, in UTC; most orders are of today."""
    return f"{datetime.fromtimestamp(days * 86_400, UTC):%y%m%d}"
