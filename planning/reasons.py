"""Why an order is late: the chain of what was binding, from the order's end back to the start of the plan.

For every operation the earliest start is the largest of what it waits for: its predecessor, its machine (or oven) and
the setup, tool, crew, material, release, the other members of its batch, the calendar. The largest is binding; the
chain then goes on with whoever was waited for. The first reason of a chain is the one nearest to the order's end:
lifting it alone lets the order end earlier, because nothing after it waits for anything but the order's own
operations.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from planning.book import Book
from planning.calendars import starts_inside
from planning.plan import Assignment, Plan, Reason, ReasonKind
from planning.problem import Problem

MAX_REASONS = 12  # a reader stops long before; the chain of a congested shop goes back to minute 0
MAX_STEPS = 2_000  # steps back; every step goes to an earlier operation, so this only bounds the odd giant order


class Bound(NamedTuple):
    """One thing an operation waited for, until when, and who it was."""

    until: int
    kind: ReasonKind
    behind: str | None
    resource: str | None
    text: str
    item: str | None = None
    owner: str | None = None


def late_reasons(problem: Problem, assignments: Iterable[Assignment]) -> dict[str, tuple[Reason, ...]]:
    """Return the chain of reasons of every late order."""
    book = Book(problem, assignments)
    out = {}
    for order in problem.orders:
        last = book.placed.get(order.operations[-1].id) if order.operations else None
        if last is not None and last.end > order.due:
            out[order.id] = chain(book, order.operations[-1].id)
    return out


def explain(problem: Problem, plan: Plan, order: str) -> tuple[Reason, ...]:
    """Return what was binding for one order, late or not, nearest to its end first.

    Raises:
        KeyError: the plan has no such order.
    """
    route = next((o.operations for o in problem.orders if o.id == order), ())
    if not route or route[-1].id not in {a.operation for a in plan.assignments}:
        raise KeyError(order)
    return chain(Book(problem, plan.assignments), route[-1].id)


def chain(book: Book, last: str) -> tuple[Reason, ...]:
    """Walk back from an operation over everything that was binding."""
    reasons: list[Reason] = []
    name: str | None = last
    for _ in range(MAX_STEPS):
        if name is None or len(reasons) >= MAX_REASONS:
            break
        bound, free_from = binding(book, name)
        if bound is None:
            name = previous(book, name)
            continue
        reasons.append(_reason(book, name, bound, free_from))
        name = bound.behind
    if not any(r.kind != "release" for r in reasons):
        reasons.append(_work(book, last))
    return tuple(reasons)


def _reason(book: Book, name: str, bound: Bound, free_from: int) -> Reason:
    start = book.placed[name].start
    return Reason(
        kind=bound.kind,
        text=bound.text,
        operation=name,
        resource=bound.resource,
        behind=bound.behind,
        item=bound.item,
        owner=bound.owner,
        minutes=max(0, start - free_from),
        until=bound.until,
    )


def _work(book: Book, last: str) -> Reason:
    """The order waited for nothing: either closed time interrupts its work, or the work itself is too long."""
    order = book.steps[last].order
    minutes = {
        op.id: next(a.minutes for a in op.alternatives if a.resource == book.placed[op.id].resource)
        for op in order.operations
    }
    pauses = {name: book.placed[name].end - book.placed[name].start - work for name, work in minutes.items()}
    longest = max(pauses, key=lambda name: pauses[name])
    if pauses[longest] > 0:
        a = book.placed[longest]
        text = f"{longest} pauses {pauses[longest]} min while {a.resource} is closed"
        return Reason(
            kind="calendar", text=text, operation=longest, resource=a.resource, minutes=pauses[longest], until=a.end
        )
    work = sum(minutes.values())
    span = f"between {order.release} and {order.due}"
    text = f"order {order.id} waits for nothing: {work} min of its own work do not fit {span}"
    return Reason(kind="work", text=text, operation=last, minutes=work)


def previous(book: Book, name: str) -> str | None:
    """Return the operation before in the same order."""
    step = book.steps[name]
    return step.order.operations[step.place - 1].id if step.place else None


def binding(book: Book, name: str) -> tuple[Bound | None, int]:
    """Return what the operation waited for beyond its own order, and from when on only that kept it.

    None: it started as soon as its predecessor (with no gap to wait) let it.
    """
    start = book.placed[name].start
    own = _own_ready(book, name)
    if book.steps[name].operation.frozen is not None:
        if start <= own:
            return None, own
        return Bound(
            start, "frozen", previous(book, name), book.placed[name].resource, f"{name} is frozen at {start}"
        ), own
    bounds = [b for b in _bounds(book, name) if b.until > own]
    gap = _gap(book, name, own)
    if gap is not None:
        bounds.append(gap)
    latest = max(bounds, key=lambda b: b.until, default=None)
    ready = own if latest is None else latest.until
    if start > ready:
        return _later_than_ready(book, name, ready, latest), ready
    if latest is None:
        return None, own
    others = [b.until for b in bounds if b is not latest]
    return latest, max([own if latest is not gap else _own_end(book, name), *others])


def _own_end(book: Book, name: str) -> int:
    before = previous(book, name)
    return book.placed[before].end if before else max(0, book.steps[name].order.release)


def _own_ready(book: Book, name: str) -> int:
    """When release and predecessor let the operation start (without the minimum gap)."""
    return max(_own_end(book, name), book.steps[name].order.release, 0)


def _gap(book: Book, name: str, own: int) -> Bound | None:
    before = previous(book, name)
    gap = book.steps[before].operation.min_gap_after if before else 0
    if before is None or gap == 0:
        return None
    return Bound(own + gap, "gap", before, None, f"{name} waits {gap} min after {before} (minimum gap)")


def _bounds(book: Book, name: str) -> list[Bound]:
    a = book.placed[name]
    op = book.steps[name].operation
    setup = book.setup.get(name, 0)
    out = []
    before = book.before.get(name)
    if before is not None:
        out.append(_queue(book, name, before, setup))
    elif setup:
        out.append(
            Bound(setup, "setup", None, a.resource, f"{name} waits for {setup} min of first setup on {a.resource}")
        )
    if op.tool:
        free = book.pool_free(op.tool, name, a.start - setup)
        if free is not None:
            text = f"{name} waits for {op.tool}, held by {free[1]} until {free[0]}"
            out.append(Bound(free[0] + setup, "tool", free[1], op.tool, text))
    if op.crew:
        free = book.pool_free(op.crew, name, a.start)
        if free is not None:
            out.append(
                Bound(
                    free[0],
                    "crew",
                    free[1],
                    op.crew,
                    f"{name} waits for {op.crew}, busy with {free[1]} until {free[0]}",
                )
            )
    covered = book.covered(name)
    if covered is not None:
        minute, item, owner = covered
        text = f"{name} waits for {item} of {owner} until {minute}"
        out.append(Bound(minute, "material", None, None, text, item, owner))
    out += _fellows(book, name)
    return out


def _queue(book: Book, name: str, before: Assignment, setup: int) -> Bound:
    a = book.placed[name]
    if setup and before.end <= _own_ready(book, name):
        text = f"{name} waits for {setup} min of setup on {a.resource} after {before.operation}"
        return Bound(before.end + setup, "setup", before.operation, a.resource, text)
    text = f"{name} queues on {a.resource} behind {before.operation} until {before.end}" + (
        f" and {setup} min of setup" if setup else ""
    )
    return Bound(before.end + setup, "queue", before.operation, a.resource, text)


def _fellows(book: Book, name: str) -> list[Bound]:
    """What the other members of the operation's batch waited for."""
    a = book.placed[name]
    if book.resources[a.resource].kind != "batch":
        return []
    out = []
    for fellow in book.batch[a.resource, a.start]:
        if fellow == name:
            continue
        ready = _own_ready(book, fellow)
        covered = book.covered(fellow)
        if covered is not None:
            ready = max(ready, covered[0])
        text = f"{name} waits for {fellow}, in the same batch on {a.resource}, ready at {ready}"
        out.append(Bound(ready, "batch", fellow, a.resource, text))
    return out


def _later_than_ready(book: Book, name: str, ready: int, latest: Bound | None) -> Bound:
    """Everything was there and the operation still started later: closed, or held back for a maximum gap."""
    a = book.placed[name]
    op = book.steps[name].operation
    behind = latest.behind if latest is not None else previous(book, name)
    step = book.steps[name]
    if (
        op.max_gap_after is not None
        and step.place + 1 < len(step.order.operations)
        and starts_inside(book.window(name), ready)
    ):
        following = step.order.operations[step.place + 1].id
        text = f"{name} is held back so that {following} starts within {op.max_gap_after} min after it"
        return Bound(a.start, "gap", None, a.resource, text)
    who = f"{a.resource} and {op.crew}" if op.crew else a.resource
    return Bound(
        a.start, "calendar", behind, a.resource, f"{name} waits for {who} to be available from {ready} until {a.start}"
    )
