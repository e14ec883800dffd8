"""Improve a timetable by local search on all workers, in rounds that can be stopped between.

Each round every worker searches from its own schedule with its own random numbers; now and then all continue from the
best. The number of moves and the temperatures depend only on counts when the budget is counted, so the outcome does
too.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from planning.engine.first import cost_of
from planning.engine.schedule import POP_LIMIT, Schedule, Timetable, by_start, empty_schedule, timetable
from planning.engine.search import Search, cost, search
from planning.engine.sequence import load
from planning.engine.shop import Shop

ROUNDS = 48  # looks at the clock, the caller's cancel and the other workers
MEETINGS = 12  # how often, over the whole budget, all workers continue from the best
MAX_COUNTED_MOVES = (
    10_000  # per round and worker with a counted budget: a cancel is heard within a second at 1,000 orders
)
ROUND_SECONDS = 0.25  # with a wall-time budget: how long a round should last
MIN_MOVES, MAX_MOVES = 200, 200_000  # per round and worker
SETUP_WORTH = 0.05  # weighted minutes a setup minute is worth: breaks ties and keeps capacity free
FLOW_WORTH = 0.001
FOCUS = 0.75  # of the moves start from a late order; the others save setups and keep the search varied
MAKESPAN_FOCUS = 0.9  # a makespan is shortened nowhere but along what its last order waited for
MARGIN = 500.0  # weighted minutes a move may look worse on the way; at 2,000 the outcome on large was the same
POPS_PER_NODE = 2  # a move that retimes every node twice is running after a maximum gap


class Budget(NamedTuple):
    """How long to search: a counted number of moves, or until a clock reading, or both."""

    moves: int | None
    deadline: float | None  # time.monotonic()


class Heat(NamedTuple):
    """Temperatures in weighted minutes, at the beginning and at the end."""

    hot: float
    cold: float


class Improved(NamedTuple):
    """What the search found and how much it did."""

    times: Timetable
    moves: int
    stopped: str


class _Worker:
    """One schedule, one stream of random numbers."""

    def __init__(self, shop: Shop, seed: int, number: int, home: Timetable | None) -> None:
        self.shop = shop
        self.schedule: Schedule = empty_schedule(shop)
        if home is not None:
            self.schedule.links["home_machine"] = home.machine
            self.schedule.links["home_start"] = home.start
        self.rng = np.random.SeedSequence([seed, number]).generate_state(1, np.uint64) | np.uint64(1)
        self.counts = np.zeros(3, dtype=np.int64)
        self.totals = np.zeros(len(self.schedule.totals), dtype=np.int64)
        self.best: Timetable | None = None
        self.best_cost = np.inf

    def start_from(self, t: Timetable) -> bool:
        """Load a timetable; false when its sequences cannot be timed."""
        self.schedule.state[POP_LIMIT] = 20 * len(self.schedule.nodes) + 1000
        done = bool(load(self.shop, self.schedule, by_start(self.shop, t), t.machine, t.start))
        self.schedule.state[POP_LIMIT] = POPS_PER_NODE * len(self.schedule.nodes) + 100
        return done

    def run(self, settings: Search) -> None:
        """Search one round from where the worker stands."""
        if self.best is None:
            self.best = timetable(self.shop, self.schedule)
            self.best_cost = cost(self.shop, self.schedule, settings)
        self.best_cost = search(
            self.shop, self.schedule, settings, self.rng, self.best, self.best_cost, self.counts, self.totals
        )

    def settle(self) -> None:
        """Spread ranks anew from the current times."""
        self.start_from(timetable(self.shop, self.schedule))


def improve(
    shop: Shop,
    start: Timetable,
    budget: Budget,
    heat: Heat,
    seed: int,
    workers: int,
    watch: Callable[[float, Timetable], bool],
    home: Timetable | None = None,
    stay_worth: float = 0.0,
) -> Improved:
    """Search from ``start``; ``watch`` is told the share done and the best so far and answers true to stop.

    With ``home``, every operation that leaves its place there by hours or its machine costs ``stay_worth`` weighted
    minutes. The answer is never worse than ``start``.
    """
    crew = [_Worker(shop, seed, k, home) for k in range(workers)]
    if len(shop.ops) == 0 or not all(w.start_from(start) for w in crew):
        return Improved(start, 0, "finished")
    began = time.monotonic()
    moves_each = (
        MIN_MOVES if budget.moves is None else min(MAX_COUNTED_MOVES, max(1, budget.moves // (ROUNDS * workers)))
    )
    done = 0
    met = 0
    stopped = "finished"
    with ThreadPoolExecutor(workers) as pool:
        while True:
            share = _share(budget, began, done)
            if share >= 1.0:
                stopped = "effort" if budget.moves is not None and done >= budget.moves else "time"
                break
            ahead = _next_share(budget, began, done, moves_each * workers)
            settings = _settings(shop, heat, share, ahead, moves_each, stay_worth)
            started = time.monotonic()
            list(pool.map(_Worker.run, crew, [settings] * workers))
            done += moves_each * workers
            moves_each = _pace(budget, moves_each, workers, done, time.monotonic() - started)
            best = min(crew, key=lambda w: w.best_cost)
            assert best.best is not None
            if watch(_share(budget, began, done), best.best):
                stopped = "cancelled"
                break
            meetings = int(_share(budget, began, done) * MEETINGS)
            _continue(crew, best, meetings > met)
            met = meetings
    best = min(crew, key=lambda w: w.best_cost)
    worse = best.best is None or (home is None and cost_of(shop, best.best) > cost_of(shop, start))
    found = start if worse or best.best is None else best.best
    return Improved(found, int(sum(w.counts[0] for w in crew)), stopped)


def _continue(crew: list[_Worker], best: _Worker, meet: bool) -> None:
    for worker in crew:
        if meet and worker is not best and best.best is not None:
            worker.start_from(best.best)
        else:
            worker.settle()


def _share(budget: Budget, began: float, done: int) -> float:
    shares = []
    if budget.moves is not None:
        shares.append(done / max(1, budget.moves))
    if budget.deadline is not None:
        shares.append((time.monotonic() - began) / max(1e-9, budget.deadline - began))
    return max(shares, default=1.0)


def _next_share(budget: Budget, began: float, done: int, moves: int) -> float:
    if budget.moves is not None:
        return min(1.0, (done + moves) / max(1, budget.moves))
    assert budget.deadline is not None
    return min(1.0, _share(budget, began, done) + ROUND_SECONDS / max(ROUND_SECONDS, budget.deadline - began))


def _settings(shop: Shop, heat: Heat, share: float, ahead: float, moves: int, stay_worth: float) -> Search:
    def temperature(at: float) -> float:
        return heat.hot * (heat.cold / heat.hot) ** at

    focus = MAKESPAN_FOCUS if shop.makespan else FOCUS
    return Search(moves, temperature(share), temperature(ahead), SETUP_WORTH, FLOW_WORTH, stay_worth, focus, MARGIN)


def _pace(budget: Budget, moves: int, workers: int, done: int, seconds: float) -> int:
    """With a counted budget every round is equal; with a clock, rounds are made to last ``ROUND_SECONDS``."""
    if budget.moves is not None:
        return max(1, min(moves, (budget.moves - done + workers - 1) // workers))
    goal = moves * ROUND_SECONDS / max(1e-3, seconds)
    return int(min(MAX_MOVES, max(MIN_MOVES, min(4 * moves, goal))))
