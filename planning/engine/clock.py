"""Compiled calendar arithmetic: when can work start, when does it end.

A window is the common available time of a machine and a crew. Work starts and ends in an available minute and pauses in
between; a batch cycle runs through. Every answer is ``NEVER`` when the calendar is over.
"""

from __future__ import annotations

from planning.engine.compiled import inlined
from planning.engine.shop import NEVER, Shop


@inlined
def interval_at(shop: Shop, window: int, minute: int) -> int:
    """Return the last interval of the window that begins at or before ``minute``; one before the first if none."""
    low = shop.window_ptr[window]
    high = shop.window_ptr[window + 1]
    while low < high:
        middle = (low + high) >> 1
        if shop.opens[middle].begin <= minute:
            low = middle + 1
        else:
            high = middle
    return low - 1


@inlined
def work(shop: Shop, window: int, earliest: int, minutes: int) -> tuple[int, int]:
    """Return start and end of ``minutes`` of work begun as soon as possible from ``earliest``."""
    if earliest >= NEVER:
        return NEVER, NEVER
    last = shop.window_ptr[window + 1]
    k = interval_at(shop, window, earliest)
    if k < shop.window_ptr[window] or shop.opens[k].end <= earliest:
        k += 1
        if k >= last:
            return NEVER, NEVER
        earliest = shop.opens[k].begin
    if earliest + minutes <= shop.opens[k].end:
        return earliest, earliest + minutes
    goal = shop.opens[k].before + (earliest - shop.opens[k].begin) + minutes
    low = k + 1
    high = last
    while low < high:  # the first interval after k whose end reaches the goal
        middle = (low + high) >> 1
        if shop.opens[middle].before + shop.opens[middle].end - shop.opens[middle].begin >= goal:
            high = middle
        else:
            low = middle + 1
    if low >= last:
        return NEVER, NEVER
    return earliest, shop.opens[low].begin + goal - shop.opens[low].before


@inlined
def cycle(shop: Shop, window: int, earliest: int, minutes: int) -> int:
    """Return the first start from ``earliest`` on of ``minutes`` without a pause."""
    if earliest >= NEVER:
        return NEVER
    k = max(interval_at(shop, window, earliest), shop.window_ptr[window])
    while k < shop.window_ptr[window + 1]:
        begin = max(earliest, shop.opens[k].begin)
        if begin + minutes <= shop.opens[k].end:
            return begin
        k += 1
    return NEVER


@inlined
def start_to_end_at(shop: Shop, window: int, end: int, minutes: int) -> int:
    """Return the earliest start whose work of ``minutes`` ends at ``end`` or later."""
    if end >= NEVER:
        return NEVER
    first = shop.window_ptr[window]
    k = interval_at(shop, window, end - 1)
    if k < first or shop.opens[k].end < end:  # ``end`` is no minute at which work can end: the next opening's first is
        k += 1
        if k >= shop.window_ptr[window + 1]:
            return NEVER
        end = shop.opens[k].begin + 1
    goal = shop.opens[k].before + (end - shop.opens[k].begin) - minutes
    while k > first and shop.opens[k].before > goal:
        k -= 1
    if shop.opens[k].before > goal:
        return shop.opens[first].begin
    return shop.opens[k].begin + goal - shop.opens[k].before
