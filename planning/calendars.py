"""Available time as sorted, disjoint, half-open minute intervals.

A resource without a calendar is always available; we write that as one interval that no problem reaches the end of.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from planning.problem import Interval, Problem, Resource

FOREVER = 10**9  # 1,900 years in minutes; the independent checker uses the same bound
ALWAYS: tuple[Interval, ...] = ((-FOREVER, FOREVER),)


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as sorted intervals that neither touch nor overlap; empty ones vanish."""
    out: list[Interval] = []
    for begin, end in sorted(intervals):
        if end <= begin:
            continue
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return out


def common(one: list[Interval], two: list[Interval]) -> list[Interval]:
    """Return the time in both; both sorted and disjoint."""
    out: list[Interval] = []
    i = j = 0
    while i < len(one) and j < len(two):
        begin, end = max(one[i][0], two[j][0]), min(one[i][1], two[j][1])
        if begin < end:
            out.append((begin, end))
        if one[i][1] < two[j][1]:
            i += 1
        else:
            j += 1
    return out


def without(open_: list[Interval], down: Iterable[Interval]) -> list[Interval]:
    """Return the time of ``open_`` that is not in ``down``."""
    closed = merged(down)
    if not closed:
        return open_
    edges = [-FOREVER, *[edge for interval in closed for edge in interval], FOREVER]
    complement = [(edges[k], edges[k + 1]) for k in range(0, len(edges), 2) if edges[k] < edges[k + 1]]
    return common(open_, complement)


def available(problem: Problem, resource: Resource, crew: Resource | None = None) -> list[Interval]:
    """Return when the resource (and the crew, if one is needed) can work: calendar minus maintenance."""
    calendar = ALWAYS if resource.calendar is None else problem.calendars.get(resource.calendar, ())
    mine = without(merged(calendar), resource.maintenance)
    return common(mine, available(problem, crew)) if crew is not None else mine


class Windows:
    """What ``available`` answers, worked out once per resource and crew of a problem without double ids."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._known: dict[tuple[str, str | None], list[Interval]] = {}

    def __call__(self, resource: Resource, crew: Resource | None = None) -> list[Interval]:
        key = resource.id, crew.id if crew else None
        if key not in self._known:
            mine = available(self._problem, resource) if crew is None else common(self(resource), self(crew))
            self._known[key] = mine
        return self._known[key]


def worked_minutes(open_: list[Interval], start: int, end: int) -> int:
    """Count the available minutes in [start, end)."""
    total = 0
    for begin, stop in open_[max(0, bisect_right(open_, (start, FOREVER)) - 1) :]:
        if begin >= end:
            break
        total += max(0, min(stop, end) - max(begin, start))
    return total


def worked(open_: list[Interval], start: int, end: int) -> int | None:
    """Count the available minutes of work from ``start`` to ``end``; none if it cannot start or end there."""
    k = bisect_right(open_, (start, FOREVER)) - 1
    if end <= start or k < 0 or open_[k][1] <= start:
        return None
    if end <= open_[k][1]:
        return end - start
    return worked_minutes(open_, start, end) if starts_inside(open_, end - 1) else None


def finish(open_: list[Interval], start: int, minutes: int) -> int | None:
    """Return when work of ``minutes`` begun at or after ``start`` ends, pausing outside; none if time runs out."""
    left = minutes
    for begin, stop in open_[max(0, bisect_right(open_, (start, FOREVER)) - 1) :]:
        room = stop - max(begin, start)
        if room >= left:
            return max(begin, start) + left
        left -= max(0, room)
    return None


def starts_inside(open_: list[Interval], start: int) -> bool:
    """Tell whether the minute that begins at ``start`` is available."""
    k = bisect_right(open_, (start, FOREVER)) - 1
    return k >= 0 and open_[k][0] <= start < open_[k][1]
