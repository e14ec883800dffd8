"""Choose the dispatching rule for this problem: a small grid, then random steps around the best, then a squeaky wheel.

The squeaky wheel (Joslin and Clements 1999) raises the priority of whatever came out late and dispatches again.
Everything is counted in dispatches, never in time, unless the caller's ``stop`` says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from planning.engine.dispatch import ATCS, EDD, SLACK, Rule, Weather, alternative_operations, dispatch, weather
from planning.engine.first import cost_of
from planning.engine.schedule import Timetable, empty_timetable
from planning.engine.shop import Ints, Shop

DEFAULT = Rule(ATCS, 2.0, 0.3, 1.0, 0.0, 120.0)  # best single setting over the generator's sizes, seeds 1-3
GRID = (
    DEFAULT,
    Rule(ATCS, 2.5, 0.3, 0.7, 0.0, 180.0),
    Rule(ATCS, 2.0, 0.3, 1.0, 30.0, 240.0),
    Rule(ATCS, 2.0, 0.3, 1.5, 0.0, 0.0),
    Rule(ATCS, 1.0, 0.3, 1.0, 30.0, 120.0),
    Rule(ATCS, 4.0, 0.3, 1.0, 30.0, 120.0),
    Rule(ATCS, 4.0, 0.6, 1.5, 0.0, 120.0),
    Rule(ATCS, 1.0, 0.6, 1.5, 0.0, 240.0),
    Rule(SLACK, 1.0, 1.0, 1.0, 0.0, 60.0),
    Rule(EDD, 1.0, 1.0, 1.0, 0.0, 60.0),
)
PRIORITY_STEP = 0.05  # how much a late order's priority rises at most per round
PRIORITY_DECAY = 0.995  # and how an order that is in time forgets


class Dispatched(NamedTuple):
    """A timetable as dispatched, with how it came about."""

    times: Timetable
    cost: tuple[int, int]
    rule: Rule
    priority: np.ndarray


class Dispatcher:
    """Dispatches one problem again and again; counts how often."""

    def __init__(self, shop: Shop, live: np.ndarray) -> None:
        self.shop = shop
        self.live = live
        self.count = 0
        self._weather: Weather = weather(shop)
        self._alt_op: Ints = alternative_operations(shop)
        self._last = shop.orders["end"] - 1

    def run(self, rule: Rule, priority: np.ndarray | None = None) -> Dispatched:
        """Dispatch once."""
        self.count += 1
        weights = np.ones(len(self.shop.orders)) if priority is None else priority
        t = empty_timetable(self.shop)
        dispatch(self.shop, self._weather, rule, weights, self._alt_op, self.live, t)
        return Dispatched(t, cost_of(self.shop, t), rule, weights)

    def lateness(self, t: Timetable) -> np.ndarray:
        """Minutes late per order; 0 for an order that is not placed."""
        done = t.machine[self._last] >= 0
        return np.where(done, np.maximum(0, t.end[self._last] - self.shop.orders["due"]), 0)


def tune(dispatcher: Dispatcher, rounds: int, rng: np.random.Generator, stop: Callable[[], bool]) -> Dispatched:
    """Return the best of the grid and of random steps around the best, ``rounds`` dispatches in all."""
    best = dispatcher.run(DEFAULT)
    for rule in GRID[1:rounds]:
        if stop() or best.cost == (0, 0):
            return best
        best = min(best, dispatcher.run(rule), key=lambda d: d.cost)
    for _ in range(rounds - len(GRID)):
        if stop() or best.cost == (0, 0):
            break
        best = min(best, dispatcher.run(jitter(best.rule, rng)), key=lambda d: d.cost)
    return best


def jitter(rule: Rule, rng: np.random.Generator) -> Rule:
    """Return a rule near by."""
    scale = np.exp(0.3 * rng.standard_normal(3))
    return Rule(
        ATCS,
        rule.due_scale * scale[0],
        rule.delay_scale * scale[1],
        rule.allowance * scale[2],
        max(0.0, rule.lookahead + 20.0 * rng.standard_normal()),
        max(0.0, rule.batch_wait + 60.0 * rng.standard_normal()),
    )


def squeak(
    dispatcher: Dispatcher, start: Dispatched, rounds: int, rng: np.random.Generator, stop: Callable[[], bool]
) -> Dispatched:
    """Raise the priority of what is late and dispatch again; return the best seen."""
    best = now = start
    for _ in range(rounds):
        if stop() or best.cost == (0, 0):
            break
        late = dispatcher.lateness(now.times) > 0
        raised = now.priority * (1.0 + PRIORITY_STEP * rng.random(len(late)))
        now = dispatcher.run(start.rule, np.where(late, raised, now.priority**PRIORITY_DECAY))
        best = min(best, now, key=lambda d: d.cost)
    return best
