"""Pages of lists: a page ends after so many rows, or where it has become heavy, and says where to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from hub.kernel.struct import Struct

PAGE_MAX = 200  # rows of any page
PAGE_BYTES_MAX = 128 * 1024  # of its rows as JSON: a screen shows less, and a phone loads that in a second
NUMBER_MAX = 2**63 - 1  # what a database holds in a number of 64 bits
POSITION_MAX = 2**31 - 1  # and of 32

T = TypeVar("T")


class Cut(Struct, Generic[T]):
    """A page of a list; ``next`` continues it and is None at the end."""

    items: list[T]
    next: str | None = None


def page_size(limit: int) -> int:
    """Return how many rows a page has for whoever asks for ``limit``."""
    return max(1, min(limit, PAGE_MAX))


def cut(found: Iterable[T], size: int, key: Callable[[T], object]) -> Cut[T]:
    """Return the first ``size`` of what was found, fewer where they are heavy; at least one.

    One more than ``size`` is to be found, so that the end is known; ``key`` says after which row to go on.
    """
    items: list[T] = []
    weight = 0
    for each in found:
        if len(items) == size or (items and weight >= PAGE_BYTES_MAX):
            return Cut(items=items, next=str(key(items[-1])))
        weight += len(msgspec.json.encode(each))
        items.append(each)
    return Cut(items=items)


def number_of(cursor: str | None, most: int = POSITION_MAX) -> int:
    """Return the cursor of a list that goes by numbers. Raises ``ValueError`` for one that is none."""
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= len(str(most)) and int(cursor) <= most):
        raise ValueError("no cursor of this list")
    return int(cursor)
