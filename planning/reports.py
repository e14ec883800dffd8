"""What people ask of a plan besides dates: load by week, setup hours, who waits for whose material."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from planning.book import Book
from planning.calendars import available, worked_minutes
from planning.plan import Plan
from planning.problem import Problem

WEEK_MINUTES = 7 * 24 * 60


class WeekLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How full a machine or oven is in one week of the plan (week 0 begins at minute 0)."""

    resource: str
    week: int
    busy_minutes: int
    setup_minutes: int
    available_minutes: int


class Shortage(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that starts only when a receipt has come: its peg to the supply."""

    order: str
    operation: str
    item: str
    owner: str
    covered_at: int
    ready_at: int  # when its order would have let it start
    waiting_minutes: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Load, setups and shortages of a plan."""

    load: tuple[WeekLoad, ...]
    setup_hours: dict[str, float]  # per machine
    shortages: tuple[Shortage, ...]


def report(problem: Problem, plan: Plan) -> Report:
    """Work out load by week, setup hours by machine and pegged shortages of a plan."""
    book = Book(problem, plan.assignments)
    setup: dict[str, int] = defaultdict(int)
    for name, minutes in book.setup.items():
        setup[book.placed[name].resource] += minutes
    return Report(
        load=tuple(_load(problem, book)),
        setup_hours={name: round(minutes / 60, 1) for name, minutes in sorted(setup.items()) if minutes},
        shortages=tuple(_shortages(book)),
    )


def _load(problem: Problem, book: Book) -> list[WeekLoad]:
    busy: dict[tuple[str, int], int] = defaultdict(int)
    setups: dict[tuple[str, int], int] = defaultdict(int)
    seen: set[tuple[str, int]] = set()
    for name, a in book.placed.items():
        if book.resources[a.resource].kind == "batch":
            if (a.resource, a.start) in seen:
                continue
            seen.add((a.resource, a.start))
        open_ = book.window(name)
        for week in range(max(0, a.start) // WEEK_MINUTES, max(0, a.end - 1) // WEEK_MINUTES + 1):
            begin, end = max(a.start, week * WEEK_MINUTES), min(a.end, (week + 1) * WEEK_MINUTES)
            busy[a.resource, week] += worked_minutes(open_, begin, end)
        setups[a.resource, max(0, a.start) // WEEK_MINUTES] += book.setup.get(name, 0)
    out = []
    windows = {r.id: available(problem, r) for r in problem.resources}
    for resource, week in sorted(busy):
        begin = week * WEEK_MINUTES
        out.append(
            WeekLoad(
                resource=resource,
                week=week,
                busy_minutes=busy[resource, week],
                setup_minutes=setups[resource, week],
                available_minutes=worked_minutes(windows[resource], begin, begin + WEEK_MINUTES),
            )
        )
    return out


def _shortages(book: Book) -> list[Shortage]:
    out = []
    for name, step in book.steps.items():
        covered = book.covered(name)
        if covered is None:
            continue
        ready = max(0, step.order.release)
        if step.place:
            ready = max(ready, book.placed[step.order.operations[step.place - 1].id].end)
        minute, item, owner = covered
        if minute > ready:
            out.append(
                Shortage(
                    order=step.order.id, operation=name, item=item, owner=owner, covered_at=minute, ready_at=ready,
                    waiting_minutes=minute - ready,
                )
            )  # fmt: skip
    return sorted(out, key=lambda s: (-s.waiting_minutes, s.operation))
