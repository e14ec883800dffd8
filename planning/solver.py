"""Plan a problem: a feasible plan first, then better ones until the budget is used.

Stages: dispatch with a tuned rule, raise what squeaks, improve by local search with exact retiming; CP-SAT continues
on small makespan problems. ``effort`` counts moves of the search, so the same problem, effort and seed give
the same plan on any machine; ``seconds`` bounds wall time instead. Orders that cannot be made are reported and do not
spoil the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import msgspec

from planning.plan import Plan, Reason, Solver
from planning.problem import Fault, Problem
from planning.reasons import late_reasons
from planning.results import assignments_of, build_plan, failure_reason, fault_reasons, timetable_of
from planning.validate import faults as find_faults

if TYPE_CHECKING:
    from planning.engine.first import Start
    from planning.engine.schedule import Timetable

DEFAULT_EFFORT = 200_000  # moves when neither effort nor seconds is given: some seconds at 1,000 orders
MOVES_PER_DISPATCH = 2_000  # counted budgets: one tuning dispatch for so many moves of search
MAX_TUNING = 120  # more dispatches found nothing better at any size of the generator
MAX_SQUEAKS = 40
TUNING_SHARE = 0.12  # of the wall time, for all dispatching
WORKERS = 2  # the quality goals are stated for two cores
REPORT_RESERVE_SECONDS = 0.3  # kept back from ``seconds`` besides the measured time to explain and write a plan
HOT, COLD = 60.0, 1.0  # temperatures in weighted minutes
MAKESPAN_HOT, MAKESPAN_COLD = 0.015, 0.0005  # temperatures as shares of the first makespan
SEARCH_SHARE = 0.5  # of the budget, where CP-SAT continues from what the local search found


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the solver is and what the best plan so far costs (weighted tardy minutes, or makespan)."""

    stage: str
    share: float
    cost: int
    seconds: float


ProgressCallback = Callable[[Progress], None]


def solve(
    problem: Problem,
    *,
    seconds: float | None = None,
    effort: int | None = None,
    seed: int = 0,
    faults: Iterable[Fault] = (),
    start: Plan | None = None,
    progress: ProgressCallback | None = None,
    cancel: Callable[[], bool] | None = None,
    snapshot: Callable[[Plan], None] | None = None,
) -> Plan:
    """Return a plan for the problem; every order is in it or in ``unplanned`` with its reasons.

    Args:
        seconds: wall time for the whole call; the outcome then depends on the machine.
        effort: search moves; the outcome then depends on nothing but problem, effort and seed.
        faults: what ``read_problem`` found; its orders are reported unplanned.
        start: a plan to improve instead of a dispatched one.
        cancel: asked several times a second; once true, the best plan so far is returned.
        snapshot: called with the first feasible plan and with better ones, not more than about once a second.
    """
    run = _Run(problem, seconds, effort, seed, list(faults), progress, cancel, snapshot)
    return run.plan(start)


class _Run:
    """One call of ``solve``: its budget, its listeners, its arrays."""

    def __init__(
        self,
        problem: Problem,
        seconds: float | None,
        effort: int | None,
        seed: int,
        faults: list[Fault],
        progress: ProgressCallback | None,
        cancel: Callable[[], bool] | None,
        snapshot: Callable[[Plan], None] | None,
    ) -> None:
        self.began = time.monotonic()
        self.problem = problem
        self.seconds = seconds
        self.effort = DEFAULT_EFFORT if effort is None and seconds is None else effort
        self.seed = seed
        self.progress = progress
        self.cancel = cancel
        self.snapshot = snapshot
        self.last_snapshot = 0.0
        self.cancelled = False
        self.unplanned = fault_reasons([*faults, *find_faults(problem)])
        self.stages: list[str] = []
        self.moves = 0
        self.dispatches = 0
        self.stopped = "finished"
        self.reserve = REPORT_RESERVE_SECONDS

    def plan(self, start: Plan | None) -> Plan:
        """Run all stages."""
        from planning.engine.shop import build_shop

        shop, names = build_shop(self.problem, self.unplanned)
        self.shop, self.names = shop, names
        if len(shop.ops) == 0:
            return self.finish(None)
        times = self.dispatched() if start is None else self.resumed(start)
        times = self.search(times)
        return self.finish(times)

    def deadline(self) -> float | None:
        return None if self.seconds is None else self.began + max(0.0, self.seconds - self.reserve)

    def stop(self, until: float | None = None) -> bool:
        """Tell whether to stop: cancelled, or past ``until`` (default: the deadline)."""
        if self.cancel is not None and self.cancel():
            self.cancelled = True
        limit = self.deadline() if until is None else until
        return self.cancelled or (limit is not None and time.monotonic() > limit)

    def dispatched(self) -> Timetable:
        """Dispatch, tune, squeak, and make the best feasible."""
        import numpy as np

        from planning.engine.tune import DEFAULT, Dispatcher, squeak, tune

        live = np.ones(len(self.shop.orders), dtype=np.bool_)
        dispatcher = Dispatcher(self.shop, live)
        best = dispatcher.run(DEFAULT)
        first = self.feasible(best.times).times
        self.tell("first", 0.0, first)
        self.measure_report(first)
        until = None if self.seconds is None else self.began + TUNING_SHARE * self.seconds
        rounds = MAX_TUNING if self.effort is None else min(MAX_TUNING, self.effort // MOVES_PER_DISPATCH)
        rng = np.random.default_rng(self.seed)
        self.stages.append("dispatch")
        if rounds > 1 and not self.shop.makespan:
            best = min(best, tune(dispatcher, rounds, rng, lambda: self.stop(until)), key=lambda d: d.cost)
            best = squeak(dispatcher, best, min(MAX_SQUEAKS, rounds // 3), rng, lambda: self.stop(until))
            self.stages += ["tune", "squeaky-wheel"]
        self.dispatches = dispatcher.count
        return self.settle(self.feasible(best.times))

    def measure_report(self, times: Timetable) -> None:
        """Offer the first plan, and with a clock keep back twice the time it takes to explain and write one."""
        if self.seconds is None and self.snapshot is None:
            return
        began = time.monotonic()
        plan = self.make(times, explain=True)
        self.reserve += 2 * (time.monotonic() - began)
        if self.snapshot is not None:
            self.snapshot(plan)
            self.last_snapshot = time.monotonic()

    def feasible(self, times: Timetable) -> Start:
        import numpy as np

        from planning.engine.first import make_feasible
        from planning.engine.schedule import empty_schedule

        live = np.ones(len(self.shop.orders), dtype=np.bool_)
        return make_feasible(self.shop, empty_schedule(self.shop), times, live)

    def settle(self, start: Start) -> Timetable:
        """Report the orders that found no place and plan without them."""
        from planning.engine.shop import build_shop

        if not start.unplaced:
            return start.times
        assignments = assignments_of(self.names, start.times)
        for order, (why, op) in start.unplaced.items():
            self.unplanned[self.names.orders[order]] = (failure_reason(self.names, why, op),)
        self.shop, self.names = build_shop(self.problem, self.unplanned)
        return timetable_of(self.shop, self.names, assignments)

    def resumed(self, start: Plan) -> Timetable:
        """Take the given plan as far as it still holds; place anew what does not."""
        times = timetable_of(self.shop, self.names, start.assignments)
        self.stages.append("resume")
        settled = self.settle(self.feasible(times))
        self.tell("first", 0.0, settled)
        self.measure_report(settled)
        return settled

    def search(self, times: Timetable) -> Timetable:
        """Improve a feasible timetable with what is left of the budget."""
        from planning.exact import suits

        if self.stop() or len(self.shop.ops) == 0 or self.effort == 0:
            return times
        if not suits(self.shop):
            return self.annealed(times, 1.0)
        times = self.annealed(times, SEARCH_SHARE)
        return times if self.stop() else self.exact(times)

    def annealed(self, times: Timetable, share: float) -> Timetable:
        """Improve by local search within a share of the budget."""
        from planning.engine.anneal import Budget, Heat, improve

        self.stages.append("local-search")
        heat = Heat(HOT, COLD)
        if self.shop.makespan:
            longest = float(times.end.max())
            heat = Heat(MAKESPAN_HOT * longest, MAKESPAN_COLD * longest)
        effort = None if self.effort is None else max(1, int(share * self.effort))
        deadline = self.deadline()
        if deadline is not None:
            now = time.monotonic()
            deadline = now + share * max(0.0, deadline - now)
        found = improve(self.shop, times, Budget(effort, deadline), heat, self.seed, WORKERS, self.watch)
        self.moves = found.moves
        self.stopped = found.stopped
        return found.times

    def exact(self, times: Timetable) -> Timetable:
        """Let CP-SAT continue on a makespan problem with the rest of the budget."""
        from planning.exact import improve_makespan

        self.stages.append("cp-sat")
        deadline = self.deadline()
        left = None if deadline is None else max(0.0, deadline - time.monotonic())
        effort = None if self.effort is None else self.effort - int(SEARCH_SHARE * self.effort)
        found = improve_makespan(self.shop, times, seconds=left, effort=effort, seed=self.seed, stop=self.stop)
        if found.proven:
            self.stopped = "finished"
        return self.feasible(found.times).times  # as early as its sequences allow: CP-SAT leaves idle minutes about

    def watch(self, share: float, times: Timetable) -> bool:
        self.tell("search", share, times)
        self.offer(times)
        return self.stop() and self.cancelled

    def tell(self, stage: str, share: float, times: Timetable) -> None:
        from planning.engine.first import cost_of

        if self.progress is not None:
            cost = cost_of(self.shop, times)[1]
            self.progress(
                Progress(stage=stage, share=min(1.0, share), cost=cost, seconds=time.monotonic() - self.began)
            )

    def offer(self, times: Timetable, force: bool = False) -> None:
        """Hand a plan to the snapshot listener, at most about once a second."""
        if self.snapshot is None or (not force and time.monotonic() - self.last_snapshot < 1.0):
            return
        self.snapshot(self.make(times, explain=False))
        self.last_snapshot = time.monotonic()

    def finish(self, times: Timetable | None) -> Plan:
        self.stopped = "cancelled" if self.cancelled else self.stopped
        return self.make(times, explain=True)

    def make(self, times: Timetable | None, explain: bool) -> Plan:
        """Turn a timetable into a plan, late orders explained if wanted."""
        assignments = () if times is None else assignments_of(self.names, times)
        placed = {a.operation for a in assignments}
        unplanned = dict(self.unplanned)
        for order in self.problem.orders:  # a snapshot may be taken before unplaced orders are settled
            if order.id not in unplanned and not all(op.id in placed for op in order.operations):
                unplanned[order.id] = (Reason(kind="calendar", text=f"order {order.id} found no place"),)
                assignments = tuple(a for a in assignments if a.operation not in {op.id for op in order.operations})
        reasons = late_reasons(self.problem, assignments) if explain else {}
        solver = Solver(
            seed=self.seed,
            effort=self.effort,
            seconds=self.seconds,
            moves=self.moves,
            dispatches=self.dispatches,
            stages=tuple(self.stages),
            stopped=self.stopped,  # type: ignore[arg-type]
        )
        return build_plan(self.problem, assignments, unplanned, solver, reasons)
