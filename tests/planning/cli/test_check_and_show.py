"""`hub plan check` and `hub plan show`: what a plan breaks, and the page it becomes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from planning.bench import generate
from planning.show import page
from tests.planning.cli.conftest import Hub, Saved, order, two_orders


def test_a_sound_plan_is_told_by_its_key_figures(hub: Hub, problem: Path, planned: Path) -> None:
    told = hub("check", problem, planned)
    assert (told.code, told.err) == (0, "")
    assert "2 planned, 1 late, 0 unplanned" in told.out


def test_every_rule_a_plan_breaks_is_named(hub: Hub, problem: Path, planned: Path, saved: Saved) -> None:
    plan = json.loads(planned.read_text())
    for each in plan["assignments"]:
        each["start"], each["end"] = 3, 12
    bent = saved("bent.json", plan)
    told = hub("check", problem, bent)
    assert (told.code, told.out) == (1, "")
    assert "A-10" in told.err
    assert "B-10" in told.err
    said = json.loads(hub("check", problem, bent, "--json").out)
    assert said["feasible"] is False
    assert len(said["violations"]) == len(told.err.splitlines()) - 1 > 1


def test_an_order_the_plan_forgot_is_named(hub: Hub, planned: Path, saved: Saved) -> None:
    grown = saved("grown.json", two_orders() | {"orders": [*two_orders()["orders"], order("C", 9)]})
    told = hub("check", grown, planned)
    assert told.code == 1
    assert "C-10 is not placed" in told.err


def test_a_plan_becomes_one_page(hub: Hub, problem: Path, planned: Path, tmp_path: Path) -> None:
    told = hub("show", planned, "--problem", problem, "-o", "plan.html")
    assert (told.code, told.out.split()) == (0, ["page", "plan.html"])
    assert (tmp_path / "plan.html").read_text().startswith("<!doctype html>")
    assert json.loads(hub("show", planned, "-o", "plan.html", "--json").out) == {"page": "plan.html"}


def test_a_plan_of_no_orders_becomes_a_page_too(hub: Hub, saved: Saved) -> None:
    problem = saved("empty.json", two_orders() | {"orders": []})
    hub("solve", problem, "-o", "plan.json", "--effort", 0)
    assert hub("show", "plan.json", "-o", "plan.html").code == 0
    assert hub("show", "plan.json", "--problem", problem, "-o", "plan.html").code == 0


def test_a_plan_of_another_problem_is_refused_by_name(hub: Hub, saved: Saved, planned: Path) -> None:
    other = saved("other.json", generate.problem("small", 1))
    for told in (
        hub("show", planned, "--problem", other, "-o", "plan.html"),
        hub("whatif", other, planned, saved("change.json", [])),
    ):
        assert told.code == 2
        assert f"no plan of {other}: A-10 is not in the problem (and " in told.err
        assert "remedy: give the problem it was made from" in told.err


def test_a_page_without_its_script_says_what_to_run(
    hub: Hub, planned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "DIST", tmp_path / "not built")
    told = hub("show", planned, "-o", "plan.html")
    assert told.code == 2
    assert "script is not built; remedy: " in told.err
    assert "python planning/show/build.py" in told.err
    assert not (tmp_path / "plan.html").exists()


def test_a_plan_that_does_not_say_whose_an_operation_is_cannot_be_shown(
    hub: Hub, planned: Path, saved: Saved, tmp_path: Path
) -> None:
    plan = json.loads(planned.read_text())
    plan["orders"] = plan["orders"][1:]
    told = hub("show", saved("orphan.json", plan), "-o", "plan.html")
    assert told.code == 2
    assert "orphan.json: cannot be shown: operation A-10 belongs to no order of the plan; remedy: " in told.err
    assert not (tmp_path / "plan.html").exists()
