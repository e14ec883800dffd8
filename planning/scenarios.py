"""What if: a parent plan plus a list of changes gives another plan, kept beside the parent and compared with it.

``what_if`` applies changes and plans again from where the parent stands; ``sensitivity`` asks what one more shift,
tool or machine at the bottleneck, or two points of yield, would bring; ``lift`` removes one reason for lateness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from planning.changes import (
    Change,
    ExtraMachine,
    ExtraPiece,
    ExtraTime,
    YieldChanged,
    apply,
    freeze_before,
    thaw_conflicts,
)
from planning.comparison import Comparison, compare
from planning.parent import make_sure_of_plan, unread_orders, with_unread
from planning.plan import Assignment, Plan, Reason
from planning.problem import Alternative, Fault, Operation, Order, Problem
from planning.solver import solve

WHAT_IF_EFFORT = 20_000  # moves after retiming: a second at 1,000 orders
BOTTLENECKS = 3  # resources asked for one more of each


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A plan that might be: keep it, compare it, adopt it (take ``plan`` as the new parent) or drop it."""

    parent: str  # plan hash
    changes: tuple[Change, ...]
    problem: Problem
    plan: Plan
    comparison: Comparison


def what_if(
    problem: Problem,
    plan: Plan,
    *changes: Change,
    effort: int = WHAT_IF_EFFORT,
    seconds: float | None = None,
    seed: int = 0,
    fence: int = 0,
    faults: Iterable[Fault] = (),
) -> Scenario:
    """Plan the problem after ``changes``, starting from the plan; nothing that starts before ``fence`` moves.

    Args:
        effort: search moves; 0 only retimes: sequences stay, times follow.
        faults: what ``read_problem`` found; its orders stay unplanned.

    Raises:
        ChangeRefused: a change names something that is not there.
        PlanOfAnotherProblem: the plan is none of the problem; a ``ChangeRefused`` too.
    """
    make_sure_of_plan(problem, plan)
    after = freeze_before(problem, plan, fence)
    for change in changes:
        after = apply(after, plan, change)
    after, _ = thaw_conflicts(after, problem)
    new = solve(after, effort=effort, seconds=seconds, seed=seed, start=plan)
    new = with_unread(new, unread_orders(problem, plan, faults))
    return Scenario(parent=plan.plan_hash, changes=changes, problem=after, plan=new, comparison=compare(plan, new))


def sensitivity(problem: Problem, plan: Plan, *, effort: int = WHAT_IF_EFFORT, seed: int = 0) -> tuple[Scenario, ...]:
    """Return what one more of the resources that late orders wait for most would bring, and two points of yield.

    The first scenario changes nothing: what the same effort alone would bring.
    """
    asked: list[tuple[Change, ...]] = [()]
    asked += [(change,) for change in _one_more(problem, plan)]
    asked += [(YieldChanged(points=2),), (YieldChanged(points=-2),)]
    return tuple(what_if(problem, plan, *changes, effort=effort, seed=seed) for changes in asked)


def _one_more(problem: Problem, plan: Plan) -> list[Change]:
    waited: Counter[str] = Counter()
    for result in plan.orders:
        for reason in result.reasons:
            if reason.resource is not None:
                waited[reason.resource] += max(1, reason.minutes)
    kinds = {r.id: r for r in problem.resources}
    out: list[Change] = []
    horizon = plan.objective.makespan
    for name, _ in waited.most_common(BOTTLENECKS):
        resource = kinds[name]
        if resource.kind in ("tool", "crew"):
            out.append(ExtraPiece(resource=name))
            continue
        out.append(ExtraMachine(resource=name))
        if resource.calendar is not None:
            out.append(ExtraTime(resource=name, start=0, end=horizon))
    return out


def lift(problem: Problem, plan: Plan, reason: Reason) -> Problem:
    """Return the problem without one reason for lateness, to see what it costs.

    A queue, setup or closed machine is lifted by giving the waiting operation a machine of its own; a tool or crew by
    one more piece; material by having it from the start; gaps, freezing and release by dropping them.

    Raises:
        ValueError: the reason is the order's own work, which nothing lifts.
    """
    name = reason.operation
    if name is None or reason.kind in ("work", "fault"):
        raise ValueError(f"nothing lifts this reason: {reason.text}")
    if reason.kind in ("tool", "crew") and reason.resource is not None:
        return apply(problem, plan, ExtraPiece(resource=reason.resource))
    if reason.kind == "material":
        return _more_material(problem, name)
    if reason.kind == "frozen":
        return _change_operation(problem, name, lambda op: msgspec.structs.replace(op, frozen=None))
    if reason.kind == "gap":
        return _drop_gap(problem, name)
    if reason.kind == "release":
        return _change_order(problem, name, lambda order: msgspec.structs.replace(order, release=0))
    return _own_machine(problem, plan, name)


def _own_machine(problem: Problem, plan: Plan, name: str) -> Problem:
    a = next(a for a in plan.assignments if a.operation == name)
    like = next(r for r in problem.resources if r.id == a.resource)
    twin = msgspec.structs.replace(
        like, id=f"{like.id} for {name}", setup_matrix=None, setup_state=None, calendar=None, maintenance=()
    )

    def moved(op: Operation) -> Operation:
        minutes = next(x.minutes for x in op.alternatives if x.resource == like.id)
        return msgspec.structs.replace(op, alternatives=(Alternative(resource=twin.id, minutes=minutes),), frozen=None)

    changed = _change_operation(problem, name, moved)
    return msgspec.structs.replace(changed, resources=(*problem.resources, twin))


def move_to_own_machine(problem: Problem, plan: Plan, name: str) -> Plan:
    """Return the plan with an operation on the machine ``lift`` gave it, for the solver to start from.

    It starts there when its predecessor lets it, as early as its order's release.
    """
    order, place = _find(problem, name)
    at = {a.operation: a for a in plan.assignments}
    ready = order.release if place == 0 else at[order.operations[place - 1].id].end
    own = order.operations[place].alternatives[0]
    moved = Assignment(operation=name, resource=own.resource, start=ready, end=ready + own.minutes)
    assignments = tuple(moved if a.operation == name else a for a in plan.assignments)
    return msgspec.structs.replace(plan, assignments=assignments)


def without_reason(problem: Problem, plan: Plan, reason: Reason, *, effort: int = 0, seed: int = 0) -> Scenario:
    """Plan again without one reason for lateness; with ``effort`` 0 sequences stay and only times follow."""
    after = lift(problem, plan, reason)
    start = plan
    if reason.kind in ("queue", "setup", "calendar", "batch") and reason.operation is not None:
        start = move_to_own_machine(after, plan, reason.operation)
    new = with_unread(solve(after, effort=effort, seed=seed, start=start), unread_orders(problem, plan, ()))
    return Scenario(parent=plan.plan_hash, changes=(), problem=after, plan=new, comparison=compare(plan, new))


def _find(problem: Problem, name: str) -> tuple[Order, int]:
    for order in problem.orders:
        for place, op in enumerate(order.operations):
            if op.id == name:
                return order, place
    raise KeyError(name)


def _change_order(problem: Problem, name: str, new: Callable[[Order], Order]) -> Problem:
    mine, _ = _find(problem, name)
    return msgspec.structs.replace(
        problem, orders=tuple(new(order) if order.id == mine.id else order for order in problem.orders)
    )


def _change_operation(problem: Problem, name: str, new: Callable[[Operation], Operation]) -> Problem:
    def changed(order: Order) -> Order:
        return msgspec.structs.replace(
            order, operations=tuple(new(op) if op.id == name else op for op in order.operations)
        )

    return _change_order(problem, name, changed)


def _drop_gap(problem: Problem, name: str) -> Problem:
    order, place = _find(problem, name)
    changed = _change_operation(problem, name, lambda op: msgspec.structs.replace(op, max_gap_after=None))
    if place == 0:
        return changed
    before = order.operations[place - 1].id
    return _change_operation(
        changed, before, lambda op: msgspec.structs.replace(op, min_gap_after=0, max_gap_after=None)
    )


def _more_material(problem: Problem, name: str) -> Problem:
    order, place = _find(problem, name)
    need = {(c.item, c.owner): c.quantity for c in order.operations[place].consumes}
    materials = tuple(
        msgspec.structs.replace(m, on_hand=m.on_hand + need.get((m.item, m.owner), 0)) for m in problem.materials
    )
    return msgspec.structs.replace(problem, materials=materials)
