"""Between arrays and the plan people read: a timetable becomes a ``Plan``, a ``Plan`` becomes a timetable again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from planning.check import objective_terms, setups
from planning.plan import Assignment, OrderResult, Plan, Reason, Solver, Unplanned, plan_hash
from planning.problem import Fault, Problem, input_hash

if TYPE_CHECKING:
    from planning.engine.schedule import Timetable
    from planning.engine.shop import Names, Shop


def assignments_of(names: Names, t: Timetable) -> tuple[Assignment, ...]:
    """Return the placed operations of a timetable, in the problem's order."""
    rows = zip(names.operations, t.machine.tolist(), t.start.tolist(), t.end.tolist(), strict=True)
    return tuple(
        Assignment(operation=op, resource=names.machines[m], start=start, end=end)
        for op, m, start, end in rows
        if m >= 0
    )


def timetable_of(shop: Shop, names: Names, assignments: Iterable[Assignment]) -> Timetable:
    """Return the assignments as a timetable; operations and machines the shop does not know are left out."""
    from planning.engine.schedule import empty_timetable

    t = empty_timetable(shop)
    op = {name: i for i, name in enumerate(names.operations)}
    machine = {name: i for i, name in enumerate(names.machines)}
    for a in assignments:
        i = op.get(a.operation)
        if i is not None and a.resource in machine:
            t.machine[i] = machine[a.resource]
            t.start[i] = a.start
            t.end[i] = a.end
    return t


def fault_reasons(faults: Iterable[Fault]) -> dict[str, tuple[Reason, ...]]:
    """Return the faults that keep orders from being planned, by order."""
    out: dict[str, list[Reason]] = {}
    for fault in faults:
        if fault.order is not None:
            reason = Reason(kind="fault", text=fault.text, operation=fault.operation, resource=fault.resource)
            out.setdefault(fault.order, []).append(reason)
    return {order: tuple(reasons) for order, reasons in out.items()}


def failure_reason(names: Names, why: int, op: int) -> Reason:
    """Say why the engine could not place an order."""
    from planning.engine.insert import FROZEN_AHEAD, GAP_TOO_LONG, NO_MATERIAL

    name = names.operations[op]
    if why == NO_MATERIAL:
        text = f"operation {name}: its material is never enough beside what the other orders take"
        return Reason(kind="material", operation=name, text=text)
    if why == FROZEN_AHEAD:
        text = f"operation {name} is frozen, but its predecessor cannot end before it starts"
        return Reason(kind="frozen", operation=name, text=text)
    if why == GAP_TOO_LONG:
        text = f"operation {name} cannot start within the maximum gap after its predecessor"
        return Reason(kind="gap", operation=name, text=text)
    text = f"operation {name} finds no time on any of its resources before their calendars end"
    return Reason(kind="calendar", operation=name, text=text)


def build_plan(
    problem: Problem,
    assignments: tuple[Assignment, ...],
    unplanned: Mapping[str, tuple[Reason, ...]],
    solver: Solver,
    reasons: Mapping[str, tuple[Reason, ...]],
    source: str | None = None,
) -> Plan:
    """Put a plan together.

    ``reasons``: per late order why it is late. ``source``: the problem's hash, when it is known already.
    """
    end = {a.operation: a.end for a in assignments}
    setup = setups(problem, {a.operation: a for a in assignments})
    assignments = tuple(
        a
        if (minutes := setup.get(a.operation, 0)) == a.setup
        else Assignment(operation=a.operation, resource=a.resource, start=a.start, end=a.end, setup=minutes)
        for a in assignments
    )
    results = []
    for order in problem.orders:
        if order.id in unplanned:
            continue
        done = end[order.operations[-1].id]
        results.append(
            OrderResult(
                order=order.id,
                completion=done,
                tardiness=max(0, done - order.due),
                reasons=reasons.get(order.id, ()),
                operations=tuple(op.id for op in order.operations),
                release=order.release,
                due=order.due,
            )
        )
    return Plan(
        assignments=assignments,
        orders=tuple(results),
        unplanned=tuple(Unplanned(order=order, reasons=why) for order, why in unplanned.items()),
        objective=objective_terms(problem, assignments, setup),
        input_hash=input_hash(problem) if source is None else source,
        plan_hash=plan_hash(assignments),
        solver=solver,
    )
