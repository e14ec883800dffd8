"""Budgets, repeatability, cancelling, and a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from planning import SolverLost, read_problem, solve, solve_apart, violations
from planning.bench import generate
from planning.bench.run import measure_instance
from planning.problem import Problem


def problem_of(size: str = "small", **flags: bool) -> Problem:
    return read_problem(json.dumps(generate.problem(size, 1, **flags)))[0]


def test_ten_runs_and_four_at_once_give_the_same_plan() -> None:
    problem = problem_of(calendars=True, materials=True, extras=True)
    alone = {solve(problem, effort=3_000, seed=7).plan_hash for _ in range(10)}
    with ThreadPoolExecutor(4) as pool:
        loaded = set(pool.map(lambda _: solve(problem, effort=3_000, seed=7).plan_hash, range(4)))
    assert len(alone | loaded) == 1


def test_more_effort_is_never_worse_than_the_first_plan() -> None:
    problem = problem_of()
    assert (
        solve(problem, effort=8_000).objective.weighted_tardiness
        <= solve(problem, effort=0).objective.weighted_tardiness
    )


def test_cancelling_returns_the_best_plan_so_far() -> None:
    problem = problem_of("medium")
    told: list[Any] = []
    plan = solve(problem, effort=50_000_000, progress=told.append, cancel=lambda: len(told) > 3)
    assert plan.solver.stopped == "cancelled"
    assert violations(problem, plan) == ()
    assert told[-1].cost <= told[0].cost


def test_a_process_of_its_own_gives_the_same_plan() -> None:
    problem = problem_of()
    assert solve_apart(problem, effort=2_000, seed=3).plan_hash == solve(problem, effort=2_000, seed=3).plan_hash


def test_a_killed_process_leaves_the_best_plan_so_far() -> None:
    import multiprocessing

    problem = problem_of("medium")
    seen = threading.Event()

    def kill() -> None:
        seen.wait(120)
        for child in multiprocessing.active_children():
            child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    asked = 0

    def look() -> bool:
        nonlocal asked
        asked += 1
        if asked > 25:  # five seconds: the first plan has long been sent
            seen.set()
        return False

    plan = solve_apart(problem, effort=500_000_000, cancel=look)
    killer.join()
    assert plan.solver.stopped == "process-lost"
    assert violations(problem, plan) == ()


def test_a_process_without_memory_says_so_in_its_error_and_nowhere_else(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SolverLost, match=r"ended without a plan \(exit code -?\d+\)") as lost:
        solve_apart(problem_of(), effort=100, memory_mb=1)
    assert lost.value.told
    assert lost.value.told.splitlines()[-1] in str(lost.value)
    assert capfd.readouterr() == ("", "")


def test_a_job_shop_comes_close_to_the_best_known(shared: Path) -> None:
    text = (shared / "planning/public/jobshop/ft06.txt").read_text()
    assert measure_instance("jobshop/ft06", text, 55, 55, seconds=0, effort=20_000).makespan == 55


def test_a_flexible_job_shop_is_read_and_planned(shared: Path) -> None:
    text = (shared / "planning/public/flexible-jobshop/mk01.txt").read_text()
    row = measure_instance("flexible-jobshop/mk01", text, 40, 40, seconds=0, effort=20_000)
    assert row.makespan <= 44


def test_the_generator_and_checker_are_the_shared_ones_byte_for_byte(shared: Path) -> None:
    for name in ("generate.py", "check.py"):
        mine = Path(sys.modules["planning.bench"].__file__ or "").parent / name
        assert mine.read_bytes() == (shared / "planning" / name).read_bytes()


def test_importing_planning_loads_nothing_heavy() -> None:
    code = "import planning, sys; print([m for m in ('numpy', 'numba', 'ortools', 'hub') if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
