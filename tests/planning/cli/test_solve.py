"""`hub plan solve`: every order is planned or named; a budget, a seed, a process of its own; Ctrl-C keeps the best."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest

from planning.bench import generate
from tests.planning.cli.conftest import Hub, Saved, order, two_orders


def test_a_problem_becomes_a_plan_and_its_key_figures(hub: Hub, problem: Path, tmp_path: Path) -> None:
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50)
    assert told.code == 0
    assert "2 planned, 1 late, 0 unplanned" in told.out
    plan = json.loads((tmp_path / "plan.json").read_text())
    assert plan["format"] == "planning-plan/1"
    assert [(each["order"], each["tardiness"]) for each in plan["orders"]] == [("A", 5), ("B", 0)]
    assert plan["plan_hash"] in told.out


def test_a_program_gets_json_and_nothing_else_on_stdout(hub: Hub, problem: Path) -> None:
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50, "--json")
    said = json.loads(told.out)
    assert (told.code, said["plan"], said["unplanned"]) == (0, "plan.json", [])
    assert said["objective"]["late_orders"] == 1


def test_the_same_effort_and_seed_give_the_same_plan(hub: Hub, saved: Saved, tmp_path: Path) -> None:
    problem = saved("small.json", generate.problem("small", 1))
    for name in ("one.json", "two.json"):
        assert hub("solve", problem, "-o", name, "--effort", 200, "--seed", 7).code == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_seconds_of_none_still_give_a_plan(hub: Hub, problem: Path) -> None:
    assert "2 planned" in hub("solve", problem, "-o", "plan.json", "--seconds", 0).out


def test_no_orders_are_an_empty_plan(hub: Hub, saved: Saved) -> None:
    problem = saved("empty.json", two_orders() | {"orders": []})
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50)
    assert (told.code, told.err) == (0, "")
    assert "0 planned, 0 late, 0 unplanned" in told.out
    assert hub("check", problem, "plan.json").code == 0


def test_an_order_that_contradicts_itself_is_named_and_the_other_planned(hub: Hub, saved: Saved) -> None:
    impossible = order("A", 5)
    impossible["operations"][0]["alternatives"][0]["resource"] = "pres"
    problem = saved("problem.json", two_orders() | {"orders": [impossible, order("B", 100)]})
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50)
    assert told.code == 1
    assert "unplanned A: operation A-10: resource pres is not defined" in told.err
    assert "1 planned, 0 late, 1 unplanned" in told.out
    assert hub("check", problem, "plan.json").code == 0  # what it says of itself is sound


def test_a_machine_that_is_never_open_is_named(hub: Hub, saved: Saved) -> None:
    closed = [{"id": "press", "kind": "machine", "calendar": "never"}]
    problem = saved("problem.json", two_orders() | {"resources": closed, "calendars": {"never": []}})
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50, "--json")
    assert told.code == 1
    unplanned = json.loads(told.out)["unplanned"]
    assert [each["order"] for each in unplanned] == ["A", "B"]
    assert all("press" in each["reasons"][0]["text"] for each in unplanned)


def test_an_order_of_the_wrong_shape_is_named_with_its_field(hub: Hub, saved: Saved) -> None:
    problem = saved("problem.json", two_orders() | {"orders": [order("A", 5) | {"due": "soon"}, order("B", 100)]})
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50)
    assert told.code == 1
    assert "unplanned A: order A cannot be read" in told.err
    assert "$.due" in told.err


def test_a_solver_of_its_own_process_gives_the_same_plan(hub: Hub, problem: Path, tmp_path: Path) -> None:
    hub("solve", problem, "-o", "here.json", "--effort", 50)
    assert hub("solve", problem, "-o", "apart.json", "--effort", 50, "--apart").code == 0
    assert (tmp_path / "here.json").read_bytes() == (tmp_path / "apart.json").read_bytes()


def test_a_solver_that_died_is_a_clear_error_with_a_remedy(
    hub: Hub, problem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planning import process

    def lost(*_: object, **__: object) -> None:
        raise process.SolverLost("the solver's process ended without a plan (exit code -9)")

    monkeypatch.setattr(process, "solve_apart", lost)
    told = hub("solve", problem, "-o", "plan.json", "--apart", "--json")
    assert told.code == 1
    assert "exit code -9" in told.err
    assert "--memory-mb" in json.loads(told.out)["error"]["remedy"]
    assert not (tmp_path / "plan.json").exists()


def test_ctrl_c_ends_the_search_and_the_best_plan_is_written(hub: Hub, saved: Saved, tmp_path: Path) -> None:
    hub("solve", saved("two.json", two_orders()), "-o", "two.plan.json", "--effort", 0)  # loads the kernels
    problem = saved("small.json", generate.problem("small", 1))
    before = signal.getsignal(signal.SIGINT)  # a shell's background job starts with it ignored
    pressed = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    pressed.start()
    told = hub("solve", problem, "-o", "plan.json", "--seconds", 60)
    pressed.join()
    assert told.code == 0
    assert "stopped: this is the best plan so far" in told.err
    assert json.loads((tmp_path / "plan.json").read_text())["solver"]["stopped"] == "cancelled"
    assert hub("check", problem, "plan.json").code == 0
    assert signal.getsignal(signal.SIGINT) is before


def test_a_cold_planner_says_that_it_compiles_before_its_budget_begins(
    hub: Hub, problem: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("planning.engine.compiled._FOLDER", str(tmp_path))  # where no mark stands yet
    told = hub("solve", problem, "-o", "plan.json", "--seconds", 1)
    assert told.code == 0
    assert told.err.startswith("compiling the planner's kernels, once: about a minute")
    assert "compiling" not in hub("solve", problem, "-o", "plan.json", "--seconds", 1).err


def test_a_plan_of_our_own_that_breaks_a_rule_is_told_and_ends_with_1(
    hub: Hub, problem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from msgspec.structs import replace

    from planning import solver

    sound = solver.solve

    def unsound(*arguments: object, **more: object) -> object:
        plan = sound(*arguments, **more)  # type: ignore[arg-type]  # handed on as they came
        first, *rest = plan.assignments
        return replace(plan, assignments=(replace(first, end=first.start), *rest))

    monkeypatch.setattr("planning.solver.solve", unsound)
    told = hub("solve", problem, "-o", "plan.json", "--effort", 50)
    assert told.code == 1
    assert "rule(s) broken" in told.err
