"""A plan opened for reading: who stands before whom on every machine, tool, crew, oven and material.

Built once per plan from problem and assignments alone; ``reasons`` and ``reports`` ask it questions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from planning.calendars import Windows
from planning.check import setups
from planning.plan import Assignment
from planning.problem import Interval, Operation, Order, Problem, Resource


class Step(NamedTuple):
    """An operation with its order and its place in it."""

    order: Order
    place: int
    operation: Operation


class Book:
    """The plan's operations by id, machine, pool, batch and material."""

    def __init__(self, problem: Problem, assignments: Iterable[Assignment]) -> None:
        self.problem = problem
        self.placed = {a.operation: a for a in assignments}
        self.resources: dict[str, Resource] = {r.id: r for r in problem.resources}
        self.steps = {
            op.id: Step(order, k, op)
            for order in problem.orders
            for k, op in enumerate(order.operations)
            if op.id in self.placed
        }
        self.setup = setups(problem, self.placed)
        self.before: dict[str, Assignment] = {}  # on the same machine, or the batch before on the same oven
        self.batch: dict[tuple[str, int], list[str]] = defaultdict(list)
        self._windows = Windows(problem)
        self._busy: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self._link_machines()
        self._link_pools()
        self._covered = self._cover_materials()

    def _link_machines(self) -> None:
        rows: dict[str, list[Assignment]] = defaultdict(list)
        for a in self.placed.values():
            rows[a.resource].append(a)
            if self.resources[a.resource].kind == "batch":
                self.batch[a.resource, a.start].append(a.operation)
        for row in rows.values():
            row.sort(key=lambda a: (a.start, a.end, a.operation))
            previous: Assignment | None = None
            for a, following in zip(row, [*row[1:], None], strict=True):
                if previous is not None:
                    self.before[a.operation] = previous
                if following is None or following.start != a.start:
                    previous = a

    def _link_pools(self) -> None:
        for name, step in self.steps.items():
            a = self.placed[name]
            if step.operation.tool:
                self._busy[step.operation.tool].append((a.start - self.setup.get(name, 0), a.end, name))
            if step.operation.crew:
                self._busy[step.operation.crew].append((a.start, a.end, name))
        for rows in self._busy.values():
            rows.sort()

    def _cover_materials(self) -> dict[str, tuple[int, str, str]]:
        """Per operation: the receipt that covers it last (minute, item, owner), served in start order."""
        supply: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for m in self.problem.materials:
            supply[m.item, m.owner] += [(-1, m.on_hand), *m.receipts]
        wanted: dict[tuple[str, str], list[tuple[int, str, int]]] = defaultdict(list)
        for name, step in self.steps.items():
            for c in step.operation.consumes:
                wanted[c.item, c.owner].append((self.placed[name].start, name, c.quantity))
        out: dict[str, tuple[int, str, str]] = {}
        for key, rows in wanted.items():
            steps = sorted(supply[key])
            have = taken = at = 0
            covered = -1
            for _, name, quantity in sorted(rows):
                taken += quantity
                while have < taken and at < len(steps):
                    covered = max(covered, steps[at][0])
                    have += steps[at][1]
                    at += 1
                if covered > out.get(name, (-1, "", ""))[0]:
                    out[name] = (covered, *key)
        return out

    def covered(self, name: str) -> tuple[int, str, str] | None:
        """Return when the operation's last material came (minute, item, owner); none: it was there from the start."""
        return self._covered.get(name)

    def window(self, name: str) -> list[Interval]:
        """Return the available time of the operation's machine and crew."""
        crew = self.steps[name].operation.crew
        return self._windows(self.resources[self.placed[name].resource], self.resources[crew] if crew else None)

    def pool_free(self, pool: str, name: str, begin: int) -> tuple[int, str] | None:
        """Return when and after whom a piece of a fully used tool or crew came free, at or before ``begin``.

        None: at no time up to then was the pool fully used without ``name``.
        """
        rows = [row for row in self._busy[pool] if row[2] != name and row[0] < begin]
        count = self.resources[pool].count
        starts = [row[0] for row in rows]
        for end, holder in sorted(((row[1], row[2]) for row in rows if row[1] <= begin), reverse=True):
            running = sum(1 for row in rows[: bisect_left(starts, end)] if row[1] >= end)
            if running >= count:
                return end, holder
        return None
