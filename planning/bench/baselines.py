"""The three rules we measure against, over the same arrays and with the same exact retiming as the planner.

First fit by due date (what most ERP systems do), ATCS tuned over a grid, and a squeaky wheel on top of it. The second
and third stand for the rows ``tuned-atcs`` and ``squeaky-wheel+annealing`` of the reference results, which other code
made.
"""

from __future__ import annotations

import itertools

import msgspec
import numpy as np

from planning.engine.dispatch import ATCS, Rule
from planning.engine.first import Start, first_fit, make_feasible
from planning.engine.schedule import empty_schedule
from planning.engine.shop import build_shop
from planning.engine.tune import Dispatcher, squeak
from planning.plan import Assignment, plan_hash
from planning.problem import Problem
from planning.results import assignments_of
from planning.validate import faults

DUE_SCALES = (0.5, 1.0, 2.0, 4.0)  # the textbook grid of ATCS: both look-ahead parameters
DELAY_SCALES = (0.3, 0.6, 1.2)
SQUEAKS = 60


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule made of a problem; unplaced orders are left out of the assignments."""

    rule: str
    assignments: tuple[Assignment, ...]
    unplanned: tuple[str, ...]
    plan_hash: str


def baselines(problem: Problem) -> tuple[Baseline, ...]:
    """Plan a problem with each of the three rules."""
    broken = {f.order for f in faults(problem) if f.order is not None}
    shop, names = build_shop(problem, broken)
    live = np.ones(len(shop.orders), dtype=np.bool_)
    schedule = empty_schedule(shop)
    dispatcher = Dispatcher(shop, live)
    by_due = np.argsort(shop.orders["due"], kind="stable").astype(np.int64)
    grid = [Rule(ATCS, due, delay, 1.0, 0.0, 0.0) for due, delay in itertools.product(DUE_SCALES, DELAY_SCALES)]
    tuned = min((dispatcher.run(rule) for rule in grid), key=lambda d: d.cost)
    squeaked = squeak(dispatcher, tuned, SQUEAKS, np.random.default_rng(0), lambda: False)

    def told(rule: str, start: Start) -> Baseline:
        assignments = assignments_of(names, start.times)
        unplanned = tuple(sorted({names.orders[o] for o in start.unplaced} | {str(o) for o in broken}))
        return Baseline(rule=rule, assignments=assignments, unplanned=unplanned, plan_hash=plan_hash(assignments))

    return (
        told("first-fit-by-due", first_fit(shop, schedule, by_due, live)),
        told("tuned-atcs", make_feasible(shop, schedule, tuned.times, live)),
        told("squeaky-wheel", make_feasible(shop, schedule, squeaked.times, live)),
    )
