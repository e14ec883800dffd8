"""Measure: the planner and three rules on generated problems, every plan judged by the independent checker.

Public job-shop and flexible job-shop instances come from a folder given by the caller (they are not part of the
project) and are compared with the best-known makespans that lie beside them.
"""

from __future__ import annotations

import json
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from planning.bench import check as checker
from planning.bench import generate as generator
from planning.bench.baselines import baselines
from planning.plan import Plan, write_plan
from planning.problem import Alternative, Operation, Order, Problem, Resource, read_problem
from planning.solver import Progress, solve

SECONDS = {"small": 30.0, "medium": 30.0, "large": 60.0}  # the budgets of the quality goals
Tell = Callable[[str], None]

problem_of: Any = generator.problem  # both are scripts without types, kept byte for byte
checked: Any = checker.check


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One plan of one generated problem, as the independent checker sees it."""

    size: str
    seed: int
    rule: str
    weighted_tardiness_hours: float
    late_orders: int
    unplanned_orders: int
    setup_hours: float
    makespan_minutes: int
    seconds: float
    first_seconds: float
    memory_mb: int  # the process's peak so far
    plan_hash: str


class PublicRow(msgspec.Struct, frozen=True, kw_only=True):
    """One public instance: our makespan against the best-known bounds."""

    instance: str
    makespan: int
    lower: int
    upper: int
    gap_percent: float  # to the best-known upper bound
    seconds: float


def measure(
    sizes: Sequence[str],
    seeds: Sequence[int],
    flags: dict[str, bool],
    *,
    seconds: float | None,
    effort: int | None,
    tell: Tell,
) -> Iterator[Row]:
    """Yield a row per rule for every size and seed; a plan the checker refuses raises ``check.Infeasible``."""
    for size in sizes:
        for seed in seeds:
            raw = problem_of(size, seed, **flags)
            problem, _ = read_problem(json.dumps(raw))
            for baseline in baselines(problem):
                plan = {
                    "assignments": msgspec.to_builtins(baseline.assignments),
                    "unplanned": [{"order": order} for order in baseline.unplanned],
                }
                yield _row(size, seed, baseline.rule, checked(raw, plan), 0.0, 0.0, baseline.plan_hash)
            yield _ours(size, seed, raw, problem, seconds, effort)
            tell(f"{size} {seed} measured")


def _ours(size: str, seed: int, raw: Any, problem: Problem, seconds: float | None, effort: int | None) -> Row:
    budget = None if effort is not None else seconds if seconds is not None else SECONDS[size]
    first: list[float] = []

    def listen(progress: Progress) -> None:
        if not first:
            first.append(progress.seconds)

    began = time.monotonic()
    plan = solve(problem, seconds=budget, effort=effort, seed=seed, progress=listen)
    took = time.monotonic() - began
    figures = checked(raw, json.loads(write_plan(plan)))
    return _row(size, seed, "planning", figures, took, first[0] if first else took, plan.plan_hash)


def _row(size: str, seed: int, rule: str, figures: dict[str, Any], seconds: float, first: float, name: str) -> Row:
    return Row(
        size=size,
        seed=seed,
        rule=rule,
        weighted_tardiness_hours=figures["weighted_tardiness_hours"],
        late_orders=figures["late_orders"],
        unplanned_orders=figures["unplanned_orders"],
        setup_hours=figures["setup_hours"],
        makespan_minutes=figures["makespan_minutes"],
        seconds=round(seconds, 1),
        first_seconds=round(first, 2),
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        plan_hash=name,
    )


def table(rows: Sequence[Row]) -> str:
    """Return the rows as an aligned table, with sums over seeds per size and rule."""
    if not rows:
        return ""
    head = (
        "size",
        "seed",
        "rule",
        "tardiness h",
        "late",
        "unplanned",
        "setup h",
        "makespan",
        "s",
        "first s",
        "MB",
        "plan",
    )
    lines = [
        (r.size, str(r.seed), r.rule, f"{r.weighted_tardiness_hours:,.1f}", str(r.late_orders), str(r.unplanned_orders),
         f"{r.setup_hours:,.1f}", str(r.makespan_minutes), f"{r.seconds:.1f}", f"{r.first_seconds:.2f}",
         str(r.memory_mb), r.plan_hash[:12])
        for r in rows
    ]  # fmt: skip
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for r in rows:
        total = sums[r.size, r.rule]
        for i, value in enumerate((r.weighted_tardiness_hours, r.late_orders, r.setup_hours)):
            total[i] += value
    lines += [
        (size, "sum", rule, f"{t[0]:,.1f}", f"{t[1]:.0f}", "", f"{t[2]:,.1f}", "", "", "", "", "")
        for (size, rule), t in sums.items()
    ]
    return _aligned([head, *lines])


def measure_public(folder: Path, *, seconds: float, effort: int | None, tell: Tell) -> Iterator[PublicRow]:
    """Yield a row per public instance in ``folder`` that has best-known bounds."""
    known = json.loads((folder / "best-known.json").read_text())
    for name, (lower, upper) in known.items():
        file = folder / f"{name}.txt"
        if not file.is_file():
            tell(f"{name}: no file")
            continue
        yield measure_instance(name, file.read_text(), lower, upper, seconds=seconds, effort=effort)
        tell(f"{name} measured")


def measure_instance(name: str, text: str, lower: int, upper: int, *, seconds: float, effort: int | None) -> PublicRow:
    """Plan one public instance and compare its makespan with the best-known bounds."""
    problem = read_flexible(text) if name.startswith("flexible") else read_jobshop(text)
    began = time.monotonic()
    plan = solve(problem, seconds=None if effort is not None else seconds, effort=effort, seed=1)
    checked(msgspec.to_builtins(_plain(problem)), msgspec.to_builtins(_assignments(plan)))
    makespan = plan.objective.makespan
    return PublicRow(
        instance=name,
        makespan=makespan,
        lower=lower,
        upper=upper,
        gap_percent=round(100 * (makespan - upper) / upper, 2),
        seconds=round(time.monotonic() - began, 1),
    )


def _plain(problem: Problem) -> dict[str, Any]:
    from planning.problem import write_problem

    plain: dict[str, Any] = json.loads(write_problem(problem))
    return plain


def _assignments(plan: Plan) -> dict[str, Any]:
    return {"assignments": plan.assignments, "unplanned": plan.unplanned}


def read_jobshop(text: str) -> Problem:
    """Read a job-shop instance: jobs and machines, then one line of (machine, minutes) pairs per job."""
    lines = [[int(word) for word in line.split()] for line in text.splitlines() if line.strip()]
    (jobs, machines), rows = lines[0][:2], lines[1:]
    routes = [[[(row[k], row[k + 1])] for k in range(0, 2 * machines, 2)] for row in rows[:jobs]]
    return _shop(routes, machines, first=0)


def read_flexible(text: str) -> Problem:
    """Read a flexible job-shop instance: per operation the number of alternatives and (machine, minutes) pairs."""
    lines = [[int(float(word)) for word in line.split()] for line in text.splitlines() if line.strip()]
    jobs, machines = lines[0][:2]
    routes = []
    for row in lines[1 : jobs + 1]:
        route = []
        at = 1
        for _ in range(row[0]):
            route.append([(row[at + 1 + 2 * k], row[at + 2 + 2 * k]) for k in range(row[at])])
            at += 1 + 2 * row[at]
        routes.append(route)
    return _shop(routes, machines, first=1)


def _shop(routes: list[list[list[tuple[int, int]]]], machines: int, first: int) -> Problem:
    orders = tuple(
        Order(
            id=f"J{j}",
            release=0,
            due=0,
            operations=tuple(
                Operation(
                    id=f"J{j}-{k}",
                    alternatives=tuple(Alternative(resource=f"M{m}", minutes=minutes) for m, minutes in choices),
                )
                for k, choices in enumerate(route)
            ),
        )
        for j, route in enumerate(routes)
    )
    resources = tuple(Resource(id=f"M{m}", kind="machine") for m in range(first, first + machines))
    return Problem(resources=resources, orders=orders, objective="makespan")


def public_table(rows: Sequence[PublicRow]) -> str:
    """Return the public rows as a table, with the mean gap of each family."""
    if not rows:
        return ""
    families: dict[str, list[float]] = defaultdict(list)
    for r in rows:
        families[r.instance.split("/")[0]].append(r.gap_percent)
    lines = [("instance", "makespan", "best known", "gap %", "s")]
    lines += [
        (r.instance, str(r.makespan), f"{r.lower}..{r.upper}", f"{r.gap_percent:.2f}", f"{r.seconds:.1f}") for r in rows
    ]
    lines += [(f"mean {name}", "", "", f"{sum(gaps) / len(gaps):.2f}", "") for name, gaps in families.items()]
    return _aligned(lines)


def _aligned(lines: Iterable[tuple[str, ...]]) -> str:
    rows = list(lines)
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
