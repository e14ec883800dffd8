"""CP-SAT for makespan problems that are small and plain: job shops and flexible job shops.

One start and end per operation, shared by its alternatives, and a complete hint from the best timetable so far.
Resumable calendars, setups, ovens and material stay with the local search, which times them exactly: they broke
CP-SAT's search at twenty orders; on weighted tardiness it was not tried.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from planning.engine.schedule import Timetable
    from planning.engine.shop import Shop

MAX_OPERATIONS = 450  # beyond this the search found nothing the local search had not
SOLVER_WORKERS = 8  # even on two cores: the portfolio's variety is what finds flexible-shop solutions
MOVES_PER_DETERMINISTIC_SECOND = 20_000  # how a counted effort becomes CP-SAT's own counted time
LOOK_SECONDS = 0.2  # how often a running search is asked to stop


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
) -> Timetable:
    """Return a timetable with a makespan no longer than that of ``start``.

    Args:
        seconds: wall time; the outcome then depends on the machine.
        effort: search moves, turned into CP-SAT's deterministic time: same input, same outcome.
    """
    from ortools.sat.python import cp_model

    model, starts, ends, chosen = _model(cp_model, shop, start)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = SOLVER_WORKERS
    solver.parameters.random_seed = seed
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.1, seconds)
    if effort is not None:
        solver.parameters.interleave_search = True
        solver.parameters.max_deterministic_time = max(0.05, effort / MOVES_PER_DETERMINISTIC_SECOND)
    status = _solve(solver, model, stop)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return start
    return _read(solver, start, starts, ends, chosen)


def _model(cp_model: Any, shop: Shop, hint: Timetable) -> tuple[Any, list[Any], list[Any], list[list[tuple[int, Any]]]]:
    model = cp_model.CpModel()
    horizon = int(hint.end.max(initial=0))
    makespan = model.new_int_var(0, horizon, "makespan")
    model.add_hint(makespan, horizon)
    starts: list[Any] = []
    ends: list[Any] = []
    chosen: list[list[tuple[int, Any]]] = []
    per_machine: dict[int, list[Any]] = {}
    opens = shop.opens[shop.window_ptr[shop.window[np.arange(len(shop.machines)) * (len(shop.pool_count) + 1)]]]
    for op in range(len(shop.ops)):
        me = shop.ops[op]
        begin = model.new_int_var(int(shop.orders["release"][me["order"]]), horizon, f"s{op}")
        end = model.new_int_var(0, horizon, f"e{op}")
        model.add_hint(begin, int(hint.start[op]))
        model.add_hint(end, int(hint.end[op]))
        picks = []
        for row in shop.alternatives[int(me["alt_from"]) : int(me["alt_to"])]:
            machine, minutes = int(row["machine"]), int(row["minutes"])
            pick = model.new_bool_var(f"x{op}.{machine}")
            model.add_hint(pick, int(hint.machine[op]) == machine)
            per_machine.setdefault(machine, []).append(
                model.new_optional_interval_var(begin, minutes, end, pick, f"i{op}.{machine}")
            )
            if opens["begin"][machine] > 0:
                model.add(begin >= int(opens["begin"][machine])).only_enforce_if(pick)
            if opens["end"][machine] < horizon:
                model.add(end <= int(opens["end"][machine])).only_enforce_if(pick)
            picks.append((machine, pick))
        model.add_exactly_one(pick for _, pick in picks)
        if op > int(shop.orders["first"][me["order"]]):
            model.add(begin >= ends[op - 1] + int(shop.ops["min_gap"][op - 1]))
        model.add(makespan >= end)
        starts.append(begin)
        ends.append(end)
        chosen.append(picks)
    for intervals in per_machine.values():
        model.add_no_overlap(intervals)
    model.minimize(makespan)
    return model, starts, ends, chosen


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


def _read(
    solver: Any, start: Timetable, starts: list[Any], ends: list[Any], chosen: list[list[tuple[int, Any]]]
) -> Timetable:
    from planning.engine.schedule import Timetable as Times

    machine, begin, end = start.machine.copy(), start.start.copy(), start.end.copy()
    for op, picks in enumerate(chosen):
        machine[op] = next(m for m, pick in picks if solver.value(pick))
        begin[op] = solver.value(starts[op])
        end[op] = solver.value(ends[op])
    return Times(machine, begin, end)
