"""Two versions of a plan side by side: who is better or worse off, what moved, what it costs."""

from __future__ import annotations

from collections.abc import Container

import msgspec

from planning.plan import Plan

MOVED_MINUTES = 240  # a shift of four hours is what people on the floor notice


class OrderShift(msgspec.Struct, frozen=True, kw_only=True):
    """How one order fares in the second plan; positive minutes are later."""

    order: str
    completion_shift: int
    tardiness_shift: int
    newly_late: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The second plan as seen from the first."""

    better: tuple[OrderShift, ...]
    worse: tuple[OrderShift, ...]
    newly_late: tuple[str, ...]
    no_longer_late: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    operations_moved: int  # start shifted by more than four hours
    machine_changes: int
    weighted_tardiness_change: int  # of the whole plan, weighted minutes
    setup_minutes_change: int
    makespan_change: int


def compare(one: Plan, two: Plan, leave_out: Container[str] = ()) -> Comparison:
    """Compare two plans of the same shop; orders in ``leave_out`` do not count as moved, better or worse."""
    first = {r.order: r for r in one.orders if r.order not in leave_out}
    shifts = []
    for r in two.orders:
        old = first.get(r.order)
        if old is not None and (old.completion != r.completion or old.tardiness != r.tardiness):
            shifts.append(
                OrderShift(
                    order=r.order,
                    completion_shift=r.completion - old.completion,
                    tardiness_shift=r.tardiness - old.tardiness,
                    newly_late=r.tardiness > 0 and old.tardiness == 0,
                )
            )
    moved, machines = _moves(one, two, leave_out)
    before = {r.order for r in one.orders}
    after = {r.order for r in two.orders}
    return Comparison(
        better=tuple(s for s in shifts if s.tardiness_shift < 0),
        worse=tuple(sorted((s for s in shifts if s.tardiness_shift > 0), key=lambda s: (-s.tardiness_shift, s.order))),
        newly_late=tuple(s.order for s in shifts if s.newly_late),
        no_longer_late=tuple(
            r.order for r in two.orders if r.tardiness == 0 and r.order in first and first[r.order].tardiness > 0
        ),
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
        operations_moved=moved,
        machine_changes=machines,
        weighted_tardiness_change=two.objective.weighted_tardiness - one.objective.weighted_tardiness,
        setup_minutes_change=two.objective.setup_minutes - one.objective.setup_minutes,
        makespan_change=two.objective.makespan - one.objective.makespan,
    )


def _moves(one: Plan, two: Plan, leave_out: Container[str]) -> tuple[int, int]:
    """Count operations that start hours away, and those on another machine; ``leave_out`` may name operations too."""
    old = {a.operation: a for a in one.assignments}
    moved = machines = 0
    for a in two.assignments:
        before = old.get(a.operation)
        if before is None or a.operation in leave_out:
            continue
        moved += abs(a.start - before.start) > MOVED_MINUTES
        machines += a.resource != before.resource
    return moved, machines
