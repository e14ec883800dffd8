"""CP-SAT for makespan problems that are small and plain: job shops and flexible job shops.

One start and end per operation, shared by its alternatives; no operation starts before what precedes it in its order
or ends too late for what follows, and nothing is looked for beyond the timetable it starts from, which is the complete
hint. Resumable calendars, setups, ovens and material stay with the local search, which times them exactly: they broke
CP-SAT's search at twenty orders; on weighted tardiness it was not tried.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from planning.engine.schedule import Timetable
    from planning.engine.shop import Ints, Shop

MAX_OPERATIONS = 450  # beyond this the search found nothing the local search had not
SOLVER_WORKERS = 8  # even on two cores: the portfolio's variety is what finds flexible-shop solutions
MOVES_PER_DETERMINISTIC_SECOND = 1_000_000  # interleaved, one such second takes some forty seconds of CPU
LOOK_SECONDS = 0.2  # how often a running search is asked to stop


class Shorter(NamedTuple):
    """A timetable, and whether none shorter exists."""

    times: Timetable
    proven: bool


class _Model(NamedTuple):
    """The model, with what its variables mean."""

    model: Any
    starts: list[Any]
    ends: list[Any]
    chosen: list[list[tuple[int, Any]]]  # per operation: machine and whether it runs there


def suits(shop: Shop) -> bool:
    """Tell whether the problem has nothing that CP-SAT would have to leave out."""
    return bool(
        0 < len(shop.ops) <= MAX_OPERATIONS
        and shop.makespan
        and not shop.machines["is_batch"].any()
        and len(shop.pool_count) == 0
        and len(shop.uses) == 0
        and shop.setup.max(initial=0) == 0
        and (np.diff(shop.window_ptr) == 1).all()
        and (shop.ops["frozen_machine"] < 0).all()
        and (shop.ops["max_gap"] < 0).all()
    )


def improve_makespan(
    shop: Shop, start: Timetable, *, seconds: float | None, effort: int | None, seed: int, stop: Callable[[], bool]
) -> Shorter:
    """Return a timetable with a makespan no longer than that of ``start``.

    Args:
        seconds: wall time; the outcome then depends on the machine.
        effort: search moves, turned into CP-SAT's deterministic time: same input, same outcome.
    """
    from ortools.sat.python import cp_model

    built = _model(cp_model, shop, start)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = SOLVER_WORKERS
    solver.parameters.random_seed = seed
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.1, seconds)
    if effort is not None:
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = max(0.05, effort / MOVES_PER_DETERMINISTIC_SECOND)
    status = _solve(solver, built.model, stop)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Shorter(start, False)
    return Shorter(_read(solver, start, built), bool(status == cp_model.OPTIMAL))


def _model(cp_model: Any, shop: Shop, hint: Timetable) -> _Model:
    model = cp_model.CpModel()
    horizon = int(hint.end.max(initial=0))
    head, tail = _bounds(shop)
    makespan = model.new_int_var(int((head + tail).max()), horizon, "makespan")
    model.add_hint(makespan, horizon)
    built = _Model(model, [], [], [])
    work: dict[int, list[tuple[Any, int, Any]]] = defaultdict(list)  # per machine: interval, minutes, whether it runs
    for op in range(len(shop.ops)):
        me = shop.ops[op]
        begin = model.new_int_var(int(head[op]), horizon - int(tail[op]), f"s{op}")
        end = model.new_int_var(int(head[op]), horizon, f"e{op}")
        model.add_hint(begin, int(hint.start[op]))
        model.add_hint(end, int(hint.end[op]))
        picks = []
        for row in shop.alternatives[int(me["alt_from"]) : int(me["alt_to"])]:
            machine, minutes = int(row["machine"]), int(row["minutes"])
            pick = model.new_bool_var(f"x{op}.{machine}")
            model.add_hint(pick, int(hint.machine[op]) == machine)
            interval = model.new_optional_interval_var(begin, minutes, end, pick, f"i{op}.{machine}")
            work[machine].append((interval, minutes, pick))
            picks.append((machine, pick))
        model.add_exactly_one(pick for _, pick in picks)
        if op > int(shop.orders["first"][me["order"]]):
            model.add(begin >= built.ends[op - 1] + int(shop.ops["min_gap"][op - 1]))
        if op + 1 == int(shop.orders["end"][me["order"]]):
            model.add(makespan >= end)
        built.starts.append(begin)
        built.ends.append(end)
        built.chosen.append(picks)
    _machines(shop, model, work, makespan, horizon)
    model.minimize(makespan)
    return built


def _bounds(shop: Shop) -> tuple[Ints, Ints]:
    """Return per operation when it can start at the earliest, and the minutes from its start to its order's end."""
    n = len(shop.ops)
    quickest = np.minimum.reduceat(shop.alternatives["minutes"], shop.ops["alt_from"])
    head, tail = np.zeros(n, dtype=np.int64), quickest.copy()
    for order in shop.orders:
        first, end = int(order["first"]), int(order["end"])
        head[first] = order["release"]
        for op in range(first + 1, end):
            head[op] = head[op - 1] + quickest[op - 1] + shop.ops["min_gap"][op - 1]
        for op in range(end - 2, first - 1, -1):
            tail[op] = quickest[op] + shop.ops["min_gap"][op] + tail[op + 1]
    return head, tail


def _machines(shop: Shop, model: Any, work: dict[int, list[tuple[Any, int, Any]]], makespan: Any, horizon: int) -> None:
    """Let every machine run one operation at a time, inside its opening, and all it runs before the makespan."""
    opens = shop.opens[shop.window_ptr[shop.window[np.arange(len(shop.machines)) * (len(shop.pool_count) + 1)]]]
    for machine, runs in sorted(work.items()):
        model.add_no_overlap(interval for interval, _, _ in runs)
        begin, end = int(opens["begin"][machine]), int(opens["end"][machine])
        for interval, _, pick in runs:
            if begin > 0:
                model.add(interval.start_expr() >= begin).only_enforce_if(pick)
            if end < horizon:
                model.add(interval.end_expr() <= end).only_enforce_if(pick)
        # redundant, and what the linear relaxation sees of the sharing out of operations among machines
        model.add(max(0, begin) + sum(minutes * pick for _, minutes, pick in runs) <= makespan)


def _solve(solver: Any, model: Any, stop: Callable[[], bool]) -> Any:
    """Run the solver; a second thread asks ``stop`` now and then and ends the search."""
    finished = threading.Event()

    def look() -> None:
        while not finished.wait(LOOK_SECONDS):
            if stop():
                solver.stop_search()

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        return solver.solve(model)
    finally:
        finished.set()
        watcher.join()


def _read(solver: Any, start: Timetable, built: _Model) -> Timetable:
    from planning.engine.schedule import Timetable as Times

    machine, begin, end = start.machine.copy(), start.start.copy(), start.end.copy()
    for op, picks in enumerate(built.chosen):
        machine[op] = next(m for m, pick in picks if solver.value(pick))
        begin[op] = solver.value(built.starts[op])
        end[op] = solver.value(built.ends[op])
    return Times(machine, begin, end)
