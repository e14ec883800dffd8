"""How long a planner waits: the import, the first plan, the answer to a change, the plan settled after it; and memory.

    .venv/bin/python -m benchmarks.planning_speed            # about a minute and a half, kernels compiled beforehand
    .venv/bin/python -m benchmarks.planning_speed --quick

The shop is the generator's large one (1,000 orders, 8,071 operations). Wall times, because a person waits for them, so
the machine must be idle; CPU seconds stand beside. Prints a table and ends with 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from planning import Impact, Option, impact, read_problem, solve, stabilise
from planning.bench.run import problem_of
from planning.changes import (
    Change,
    OperationFailed,
    OperationFinished,
    OrderAdded,
    OrderCancelled,
    OrderMoved,
    OrderResized,
    ResourceDown,
)
from planning.plan import Plan
from planning.problem import Problem
from planning.warm import warm

IMPORT_SECONDS_MAX = 0.2
FIRST_PLAN_SECONDS_MAX = 2.0
IMPACT_P95_MS_MAX = 250.0
STABILISED_SECONDS_MAX = 5.0
MOVED_MEDIAN_MAX = 10.0
MEMORY_MB_MAX = 1024.0

EFFORT = 100_000  # search moves for the plan that is then changed
FENCE_SHARE = 0.1  # of the plan's length is frozen, as on a shop floor
CHANGES = 40
SETTLED_EVERY = 3  # no divisor of the number of kinds, so each kind gets its turn

IMPORT = "from planning import impact, solve"
FIRST = """
import sys
from planning import read_problem, solve
problem, faults = read_problem(open(sys.argv[1], "rb").read())
solve(problem, faults=faults, seconds=60, progress=lambda seen: sys.exit() if seen.stage == "first" else None)
"""
MEMORY = """
import resource, sys
from planning import read_problem, solve
problem, faults = read_problem(open(sys.argv[1], "rb").read())
solve(problem, faults=faults, effort=int(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


Answer = TypeVar("Answer")


class Timed(NamedTuple, Generic[Answer]):
    """What a call answered, and its wall and CPU seconds."""

    answer: Answer
    wall: float
    cpu: float


class Row(NamedTuple):
    """One line of the table; without a kind it is only told."""

    name: str
    wall: float
    cpu: float | None
    kind: str = ""
    limit: float = 0.0


def main() -> int:
    """Measure, print, and return 1 when a limit is missed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true", help="fewer rounds, fewer changes")
    quick = arguments.parse_args().quick
    warm()
    with tempfile.TemporaryDirectory() as folder:
        plain, full = Path(folder) / "plain.json", Path(folder) / "full.json"
        plain.write_text(json.dumps(problem_of("large", 1)))
        full.write_text(json.dumps(problem_of("large", 1, calendars=True, materials=True, extras=True)))
        rows = starts(plain, full, 3 if quick else 9)
        rows += memory(full, EFFORT // 10 if quick else EFFORT)
        rows += changes(plain, 16 if quick else CHANGES)
    return show(rows)


def starts(plain: Path, full: Path, rounds: int) -> list[Row]:
    """Time new processes, the bare interpreter among them."""
    return [
        Row("bare interpreter, s", *median_of(rounds, "pass")),
        Row("import planning, s", *median_of(rounds, IMPORT), "<=", IMPORT_SECONDS_MAX),
        Row("first plan, large, s", *median_of(rounds, FIRST, str(plain)), "<=", FIRST_PLAN_SECONDS_MAX),
        Row("  with calendars, material, crews", *median_of(rounds, FIRST, str(full)), "<=", FIRST_PLAN_SECONDS_MAX),
    ]


def median_of(rounds: int, code: str, *words: str) -> tuple[float, float]:
    """Return median wall and CPU seconds of a process; the first is not counted, it fills the caches."""
    times = [timed(functools.partial(_run, code, *words)) for _ in range(rounds + 1)][1:]
    return statistics.median(t.wall for t in times), statistics.median(t.cpu for t in times)


def memory(problem: Path, effort: int) -> list[Row]:
    """Take the peak of a process that plans the large shop."""
    return [Row("peak memory, large, MB", float(_run(MEMORY, str(problem), str(effort))), None, "<=", MEMORY_MB_MAX)]


def changes(file: Path, count: int) -> list[Row]:
    """Time the answers to different changes of one plan, and the plans settled after every third of them."""
    problem, _ = read_problem(file.read_bytes())
    plan = solve(problem, effort=EFFORT, seed=1)
    fence = int(plan.objective.makespan * FENCE_SHARE)
    answers: list[Timed[Impact]] = []
    ends: list[Timed[Option]] = []
    for number, change in enumerate(itertools.islice(drawn(problem, plan, fence), count)):
        answers.append(timed(functools.partial(impact, problem, plan, change, fence=fence)))
        found = answers[-1].answer
        if number % SETTLED_EVERY == 0 and found.options:
            option = found.option("requested") or found.options[0]
            ends.append(timed(functools.partial(stabilise, plan, option, fence=fence)))
    wall, cpu = sorted(1e3 * a.wall for a in answers), sorted(1e3 * a.cpu for a in answers)
    late = int(0.95 * count)
    slowest = max(ends, key=lambda end: end.wall)
    moved = [end.answer.others.operations_moved for end in ends]
    return [
        Row(f"impact of {count} changes, ms: median", statistics.median(wall), statistics.median(cpu)),
        Row("  p95", wall[late], cpu[late], "<=", IMPACT_P95_MS_MAX),
        Row(f"settled after {len(ends)} of them, s: slowest", slowest.wall, slowest.cpu, "<=", STABILISED_SECONDS_MAX),
        Row("  operations moved over 4 h, median", statistics.median(moved), None, "<=", MOVED_MEDIAN_MAX),
        Row("  operations moved over 4 h, most", max(moved), None),
    ]


def drawn(problem: Problem, plan: Plan, fence: int) -> Iterator[Change]:
    """Yield different changes, the kinds in turn, the same in every run."""
    chance = random.Random(7)
    results = {r.order: r for r in plan.orders}
    running = [a for a in plan.assignments if a.start < fence and not a.resource.startswith("sterilise")]
    kinds: tuple[Callable[[], Change], ...] = (
        lambda: moved_order(problem, results, chance, fence),
        lambda: OrderResized(order=chance.choice(problem.orders).id, percent=chance.choice((50, 120, 150))),
        lambda: added_order(problem, chance, fence),
        lambda: OrderCancelled(order=chance.choice(problem.orders).id),
        lambda: down(problem, chance, fence, ("machine", "batch")),
        lambda: down(problem, chance, fence, ("tool",)),
        lambda: finished(chance, running),
        lambda: OperationFailed(operation=chance.choice(running).operation),
    )
    for make in itertools.cycle(kinds):
        yield make()


def moved_order(problem: Problem, results: dict[str, Any], chance: random.Random, fence: int) -> Change:
    """A customer wants an order up to two days before it would be done."""
    order = chance.choice(problem.orders).id
    return OrderMoved(order=order, due=max(fence, results[order].completion - chance.randrange(2_880)))


def added_order(problem: Problem, chance: random.Random, fence: int) -> Change:
    """One more order like one that is there."""
    like = chance.choice(problem.orders)
    steps = tuple(msgspec.structs.replace(op, id=f"N{op.id}", frozen=None) for op in like.operations)
    return OrderAdded(
        order=msgspec.structs.replace(like, id=f"N{like.id}", operations=steps, release=fence, due=max(fence, like.due))
    )


def down(problem: Problem, chance: random.Random, fence: int, kinds: tuple[str, ...]) -> Change:
    """A machine, oven or tool is down for eight hours or a day."""
    name = chance.choice([r.id for r in problem.resources if r.kind in kinds])
    start = chance.randrange(fence, 5 * fence)
    return ResourceDown(resource=name, start=start, end=start + chance.choice((480, 1_440)))


def finished(chance: random.Random, running: list[Any]) -> Change:
    """An operation ended a little early, or hours late."""
    a = chance.choice(running)
    return OperationFinished(operation=a.operation, at=a.end + chance.choice((-10, 60, 240)))


def timed(once: Callable[[], Answer]) -> Timed[Answer]:
    """Make a call and return what it took, with the processes it waited for."""
    wall, cpu = time.perf_counter(), _cpu_seconds()
    answer = once()
    return Timed(answer, time.perf_counter() - wall, _cpu_seconds() - cpu)


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


def _run(code: str, *words: str) -> str:
    return subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True, text=True).stdout


def show(rows: list[Row]) -> int:
    """Print the table; return 1 when a limit is missed."""
    print(f"{'(1,000 orders, 8,071 operations)':44}{'measured':>10}{'CPU':>10}{'limit':>10}")
    missed = False
    for row in rows:
        good = not row.kind or row.wall <= row.limit
        missed |= not good
        cpu = "" if row.cpu is None else f"{row.cpu:.2f}"
        limit = f"{row.kind} {row.limit:g}" if row.kind else ""
        verdict = "" if not row.kind else "ok" if good else "MISSED"
        print(f"{row.name:44}{row.wall:10.2f}{cpu:>10}{limit:>10}  {verdict}".rstrip())
    print("load average: " + " ".join(f"{load:.2f}" for load in os.getloadavg()) + f", {os.cpu_count()} cores")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
