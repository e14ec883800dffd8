"""What a change does to a plan, and what can be offered.

For an order moved, resized or added: the *zero-impact* date (nobody moves), the *requested* date (who gives way, and
by how much), a *negotiated* date (the earliest at which nobody becomes late), on request *overtime* or a
subcontractor. For everything else: the plan *repaired*. Every option is a plan that passes the checker; ``stabilise``
improves one while leaving operations where people expect them. Nothing that starts before the fence moves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from planning.changes import (
    Change,
    ExtraMachine,
    ExtraTime,
    MaterialLate,
    OperationFailed,
    OperationFinished,
    OrderAdded,
    OrderMoved,
    OrderResized,
    ResourceDown,
    apply,
    changed_orders,
    freeze_before,
    thaw_conflicts,
)
from planning.check import violations
from planning.comparison import Comparison, compare
from planning.parent import make_sure_of_plan, unread_orders
from planning.plan import Plan, Reason, Solver
from planning.problem import Fault, Problem, input_hash
from planning.reasons import explain, late_reasons
from planning.results import assignments_of, build_plan, failure_reason, fault_reasons, timetable_of
from planning.validate import faults as find_faults

if TYPE_CHECKING:
    from planning.engine.first import Start
    from planning.engine.schedule import Timetable

STAY_WORTH = 400.0  # weighted minutes an operation moved by hours or to another machine must bring at least
STABILISE_EFFORT = 40_000  # moves: one to two seconds at 1,000 orders
STABILISE_HEAT = (5.0, 0.5)  # weighted minutes: cold from the start, a good plan is to be mended, not shaken
WORKERS = 2
DISTURBANCES = (ResourceDown, MaterialLate, OperationFinished, OperationFailed)  # what may contradict the fence

Reasons = dict[str, tuple[Reason, ...]]  # by order
Kind = Literal["zero-impact", "requested", "negotiated", "overtime", "repaired", "stabilised"]


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One possible answer: a plan, the problem it solves, and what it means for everybody else."""

    kind: Kind
    problem: Problem
    plan: Plan
    completion: int | None  # of the order the change speaks of
    tardiness: int | None
    others: Comparison  # against the plan before, the changed order left out
    changes: tuple[Change, ...]  # what was added to the change itself, for overtime


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """The options for one change; ``refused`` when the order cannot be made at all."""

    change: Change
    touched: tuple[str, ...]  # operations of the old plan that the change speaks of
    options: tuple[Option, ...]
    refused: tuple[Reason, ...] = ()

    def option(self, kind: Kind) -> Option | None:
        """Return the option of a kind, if there is one."""
        return next((option for option in self.options if option.kind == kind), None)


def impact(
    problem: Problem,
    plan: Plan,
    change: Change,
    *,
    fence: int = 0,
    overtime: bool = False,
    faults: Iterable[Fault] = (),
) -> Impact:
    """Work out what a change does to a plan; nothing that the plan starts before ``fence`` moves.

    Args:
        overtime: also offer more time, or one more machine, where the order waits most.
        faults: what ``read_problem`` found; its orders stay unplanned in every option.

    Raises:
        ChangeRefused: the change names something that is not there.
        PlanOfAnotherProblem: the plan is none of the problem; a ``ChangeRefused`` too.
    """
    make_sure_of_plan(problem, plan)
    unread = unread_orders(problem, plan, faults)
    case = _Case(problem, plan, (change,), fence, unread)
    touched = _touched(problem, plan, change)
    if case.faulty:
        return Impact(change=change, touched=touched, options=(), refused=case.faulty)
    if not isinstance(change, OrderMoved | OrderResized | OrderAdded):
        return Impact(change=change, touched=touched, options=(_mended(problem, plan, change, case, touched, unread),))
    options = case.promises()
    if not options:
        return Impact(change=change, touched=touched, options=(), refused=case.refused)
    if overtime:
        extra = _overtime(problem, plan, change, fence, options[0], unread)
        options += () if extra is None else (extra,)
    return Impact(change=change, touched=touched, options=options)


def _mended(
    problem: Problem, plan: Plan, change: Change, case: _Case, touched: tuple[str, ...], unread: Reasons
) -> Option:
    """Repair the plan; where fenced work has become impossible in a way nobody foresaw, the fence gives way."""
    option = case.repaired(touched)
    if not violations(option.problem, option.plan):
        return option
    return _Case(problem, plan, (change,), 0, unread).repaired(touched)


def _touched(problem: Problem, plan: Plan, change: Change) -> tuple[str, ...]:
    orders = changed_orders(problem, change)
    resource = getattr(change, "resource", None)
    ids = {op.id for order in problem.orders if order.id in orders for op in order.operations}
    if resource is not None:
        start, end = getattr(change, "start", 0), getattr(change, "end", 1 << 60)
        held = {op.id for o in problem.orders for op in o.operations if resource in (op.tool, op.crew)}
        ids |= {
            a.operation
            for a in plan.assignments
            if (a.resource == resource or a.operation in held) and a.start < end and a.end > start
        }
    item, owner = getattr(change, "item", None), getattr(change, "owner", None)
    if item is not None:
        ids |= {
            op.id
            for o in problem.orders
            for op in o.operations
            if any((c.item, c.owner) == (item, owner) for c in op.consumes)
        }
    return tuple(a.operation for a in plan.assignments if a.operation in ids)


class _Case:
    """A plan, the changes to it, and the arrays of the problem after them."""

    def __init__(self, problem: Problem, plan: Plan, changes: tuple[Change, ...], fence: int, unread: Reasons) -> None:
        from planning.engine.schedule import empty_schedule
        from planning.engine.shop import build_shop

        self.plan = plan
        self.extra = changes[1:]
        self.changed: frozenset[str] = frozenset().union(*(changed_orders(problem, c) for c in changes))
        self.problem = freeze_before(problem, plan, fence)
        for change in changes:
            self.problem = apply(self.problem, plan, change)
        conflicts: tuple[Fault, ...] = ()
        if any(isinstance(c, DISTURBANCES) for c in changes):
            self.problem, conflicts = thaw_conflicts(self.problem, problem)
        fenced = self.problem
        old = {u.order: u.reasons for u in plan.unplanned if u.order not in self.changed}  # those are tried again
        known = {o.id for o in problem.orders}
        new = {o.id for o in fenced.orders if o.id not in known} | self.changed
        found = fault_reasons([*find_faults(fenced, new), *conflicts])
        self.faulty = tuple(r for order in sorted(self.changed) for r in found.get(order, ()))
        self.unplanned = {**old, **found}
        present = {o.id for o in fenced.orders}
        self.unplanned = {order: why for order, why in self.unplanned.items() if order in present} | unread
        self.shop, self.names = build_shop(fenced, self.unplanned)
        self.schedule = empty_schedule(self.shop)
        self.times = timetable_of(self.shop, self.names, plan.assignments)
        self.refused: tuple[Reason, ...] = ()
        self.source: str | None = None

    def option(self, kind: Kind, times: Timetable) -> Option:
        """Turn a timetable into an option."""
        assignments = assignments_of(self.names, times)
        self.source = self.source or input_hash(self.problem)
        plan = build_plan(self.problem, assignments, self.unplanned, Solver(stages=(kind,)), {}, self.source)
        mine = next((r for r in plan.orders if r.order in self.changed), None)
        own = {op.id for o in self.problem.orders if o.id in self.changed for op in o.operations}
        return Option(
            kind=kind,
            problem=self.problem,
            plan=plan,
            completion=mine.completion if mine else None,
            tardiness=mine.tardiness if mine else None,
            others=compare(self.plan, plan, own | self.changed),
            changes=self.extra,
        )

    def repaired(self, touched: tuple[str, ...]) -> Option:
        """Mend the plan; ``touched``: the operations that the change concerns."""
        import numpy as np

        from planning.engine.repair import repair

        concerned = set(touched)
        hit = [name in concerned for name in self.names.operations]
        troubled = np.unique(self.shop.ops["order"][hit])
        self.times = self._settle(repair(self.shop, self.schedule, self.times, troubled, STAY_WORTH))
        return self.option("repaired", self.times)

    def retime(self) -> None:
        """Take the plan's sequences to the changed problem's times."""
        import numpy as np

        from planning.engine.first import make_feasible

        live = np.ones(len(self.shop.orders), dtype=np.bool_)
        start = make_feasible(self.shop, self.schedule, self.times, live)
        self.times = self._settle(start)

    def _settle(self, start: Start) -> Timetable:
        for order, (why, op) in start.unplaced.items():
            self.unplanned[self.names.orders[order]] = (failure_reason(self.names, why, op),)
        return start.times

    def promises(self) -> tuple[Option, ...]:
        """Return zero-impact, requested and negotiated options for the changed order."""
        from planning.engine.push import judge, push_variants
        from planning.overtake import overtaking

        order = self.names.orders.index(next(iter(self.changed)))
        others, gentle = self._gentle(order)
        if gentle is None:
            return ()
        zero = judge(self.shop, others, gentle, order)
        ways = [zero, *push_variants(self.shop, self.schedule, others, gentle, order)]
        due = int(self.shop.orders["due"][order])
        if all(w.completion > due for w in ways):
            ways += overtaking(self.shop, self.schedule, others, order)
        in_time = [w for w in ways if w.completion <= due]
        if in_time:
            requested = min(in_time, key=lambda w: (w.harm, w.newly_late, w.completion))
        else:
            requested = min(ways, key=lambda w: (w.completion, w.harm))
        agreed = min(
            (w for w in ways if w.newly_late == 0), key=lambda w: (max(0, w.completion - due), w.harm), default=zero
        )
        made = self.option("zero-impact", zero.times)
        asked = made if requested is zero else self.option("requested", requested.times)
        settled = made if agreed is zero else asked if agreed is requested else self.option("negotiated", agreed.times)
        return (
            made,
            msgspec.structs.replace(asked, kind="requested"),
            msgspec.structs.replace(settled, kind="negotiated"),
        )

    def _gentle(self, order: int) -> tuple[Timetable, Timetable | None]:
        """Return the plan without the order, and with the order in the gaps nobody uses."""
        import numpy as np

        from planning.engine.first import keep_orders
        from planning.overtake import fit

        others_live = np.ones(len(self.shop.orders), dtype=np.bool_)
        all_live = others_live.copy()
        others_live[order] = False
        others = keep_orders(self.shop, self.times, others_live, all_live)
        gentle, failed = fit(self.shop, self.schedule, others, order)
        if failed is not None:
            self.refused = (failure_reason(self.names, *failed),)
            return others, None
        return others, gentle


def _overtime(
    problem: Problem, plan: Plan, change: Change, fence: int, gentle: Option, unread: Reasons
) -> Option | None:
    """Offer more time or one more machine where the order waits most in its zero-impact plan."""
    order = next(iter(changed_orders(problem, change)))
    waits = [r for r in explain(gentle.problem, gentle.plan, order) if r.kind in ("queue", "setup", "calendar")]
    if not waits:
        return None
    worst = max(waits, key=lambda r: r.minutes)
    resource = next(r for r in gentle.problem.resources if r.id == worst.resource)
    until = worst.until or 0
    more: Change = (
        ExtraMachine(resource=resource.id, name=f"{resource.id} (subcontracted)")
        if resource.calendar is None
        else ExtraTime(resource=resource.id, start=max(0, until - worst.minutes), end=max(1, until))
    )
    case = _Case(problem, plan, (change, more), fence, unread)
    if case.faulty:
        return None
    case.retime()
    options = case.promises()
    return None if not options else msgspec.structs.replace(options[0], kind="overtime")


def stabilise(
    before: Plan,
    option: Option,
    *,
    effort: int = STABILISE_EFFORT,
    seconds: float | None = None,
    seed: int = 0,
    fence: int = 0,
    cancel: Callable[[], bool] | None = None,
) -> Option:
    """Improve an option by search, at a price for every operation that leaves its place in the plan before.

    Args:
        before: the plan people work by.
        seconds: wall time, besides the counted ``effort``; whichever ends first.
    """
    import time

    from planning.engine.anneal import Budget, Heat, improve
    from planning.engine.repair import harm, pushed_back
    from planning.engine.shop import build_shop

    began = time.monotonic()
    unplanned = {u.order: u.reasons for u in option.plan.unplanned}
    shop, names = build_shop(freeze_before(option.problem, option.plan, fence), unplanned)
    start = timetable_of(shop, names, option.plan.assignments)
    home = timetable_of(shop, names, before.assignments)
    starts = [start, *(pushed_back(shop, home, start) if option.kind == "repaired" else ())]
    ways = []
    for left, begin in zip(range(len(starts), 0, -1), starts, strict=True):
        now = time.monotonic()
        until = None if seconds is None else now + max(0.0, began + seconds - now) / left
        ways.append(
            improve(
                shop, begin, Budget(effort // len(starts), until), Heat(*STABILISE_HEAT), seed, WORKERS,
                lambda share, times: cancel is not None and cancel(), home, STAY_WORTH,
            )
        )  # fmt: skip
    found = min(ways, key=lambda way: harm(shop, home, way.times, STAY_WORTH))
    assignments = assignments_of(names, found.times)
    moves = sum(way.moves for way in ways)
    solver = Solver(seed=seed, effort=effort, seconds=seconds, moves=moves, stages=("stabilised",))
    reasons = late_reasons(option.problem, assignments)
    plan = build_plan(option.problem, assignments, unplanned, solver, reasons)
    known = {r.order for r in before.orders}
    mine = next((r for r in plan.orders if r.order not in known), None)
    return msgspec.structs.replace(
        option,
        kind="stabilised",
        plan=plan,
        completion=mine.completion if mine else option.completion,
        tardiness=mine.tardiness if mine else option.tardiness,
        others=compare(before, plan),
    )
