"""Contradictory and impossible problems: a plan for what can be made, a named reason for what cannot, never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planning import ProblemUnreadable, faults, read_problem, solve, violations
from planning.bench import generate


def plan_of(raw: dict[str, Any], effort: int = 200) -> Any:
    problem, found = read_problem(json.dumps(raw))
    plan = solve(problem, effort=effort, seed=1, faults=found)
    assert violations(problem, plan, {f.order for f in found if f.order}) == ()
    return plan


def one_press(**order: Any) -> dict[str, Any]:
    op = {"id": "A-10", "alternatives": [{"resource": "press", "minutes": 10}]}
    base = {"id": "A", "release": 0, "due": 100, "weight": 1, "operations": [op]}
    return {
        "format": "planning-problem/1",
        "resources": [{"id": "press", "kind": "machine"}],
        "orders": [base | order, {**base, "id": "B", "operations": [{**op, "id": "B-10"}]}],
    }


def reason_of(plan: Any, order: str) -> str:
    return "; ".join(r.text for u in plan.unplanned if u.order == order for r in u.reasons)


def operation(**fields: Any) -> list[dict[str, Any]]:
    return [{"id": "A-10", "alternatives": [{"resource": "press", "minutes": 10}]} | fields]


@pytest.mark.parametrize(
    ("operations", "words"),
    [
        ([], "has no operations"),
        (operation(alternatives=[]), "no alternatives"),
        (operation(alternatives=[{"resource": "pres", "minutes": 10}]), "resource pres is not defined"),
        (operation(alternatives=[{"resource": "press", "minutes": 0}]), "has no minutes"),
        (operation(tool="clamp"), "tool clamp is not defined"),
        (operation(crew="night"), "crew night is not defined"),
        (operation(load=1, batch_key="x"), "no batch key"),
        (operation(min_gap_after=5, max_gap_after=4), "below the minimum gap"),
        (operation(consumes=[{"item": "resin", "owner": "own", "quantity": 1}]), "only 0 will ever be there"),
        (operation(frozen={"resource": "lathe", "start": 0}), "no alternative"),
        (operation(alternatives="press"), "cannot be read"),
        (operation(minutes=5), "cannot be read"),
    ],
)
def test_a_broken_order_is_named_and_the_other_is_planned(operations: Any, words: str) -> None:
    plan = plan_of(one_press(operations=operations))
    assert words in reason_of(plan, "A")
    assert [r.order for r in plan.orders] == ["B"]


def test_a_calendar_without_time_names_the_resource() -> None:
    raw = one_press()
    raw["resources"][0]["calendar"] = "never"
    raw["calendars"] = {"never": []}
    plan = plan_of(raw)
    assert plan.orders == ()
    assert "press" in reason_of(plan, "A")


def test_a_missing_family_is_named() -> None:
    raw = one_press(operations=operation(family="green"))
    raw["resources"][0]["setup_matrix"] = "paint"
    raw["setup_matrices"] = {"paint": {"families": ["red"], "minutes": [[0]]}}
    assert "family green" in reason_of(plan_of(raw), "A")


def test_a_matrix_that_names_a_family_twice_makes_its_machine_unusable() -> None:
    raw = one_press()
    raw["resources"][0]["setup_matrix"] = "paint"
    raw["setup_matrices"] = {"paint": {"families": ["red", "red"], "minutes": [[0, 0], [0, 0]]}}
    assert "names a family twice" in reason_of(plan_of(raw), "A")


def test_a_batch_load_over_capacity_is_named() -> None:
    raw = one_press(
        operations=[{"id": "A-10", "alternatives": [{"resource": "oven", "minutes": 60}], "batch_key": "x", "load": 9}]
    )
    raw["resources"].append({"id": "oven", "kind": "batch", "capacity": 8, "cycle_minutes": 60})
    assert "over the capacity" in reason_of(plan_of(raw), "A")


def test_frozen_work_that_overlaps_is_named() -> None:
    raw = one_press(operations=operation(frozen={"resource": "press", "start": 5}))
    raw["orders"][1]["operations"][0]["frozen"] = {"resource": "press", "start": 0}
    plan = plan_of(raw)
    assert "taken by B-10" in reason_of(plan, "A")


def test_an_order_listed_twice_is_named_once() -> None:
    raw = one_press(id="B")
    plan = plan_of(raw)
    assert [u.order for u in plan.unplanned] == ["B"]


def test_a_gap_that_no_calendar_allows_leaves_the_order_unplanned() -> None:
    raw = one_press()
    raw["resources"] += [{"id": "late", "kind": "machine", "calendar": "later"}]
    raw["resources"][0]["calendar"] = "early"
    raw["calendars"] = {"early": [[0, 100]], "later": [[5000, 6000]]}
    raw["orders"][0]["operations"] = [
        {"id": "A-10", "alternatives": [{"resource": "press", "minutes": 10}], "max_gap_after": 60},
        {"id": "A-20", "alternatives": [{"resource": "late", "minutes": 10}]},
    ]
    plan = plan_of(raw)
    assert [r.order for r in plan.orders] == ["B"]
    assert plan.unplanned[0].reasons[0].kind in ("gap", "calendar")


def test_zero_orders_give_an_empty_plan() -> None:
    raw = one_press()
    raw["orders"] = []
    plan = plan_of(raw)
    assert plan.assignments == ()


def test_one_order_of_ten_thousand_operations_is_planned() -> None:
    ops = [{"id": f"A-{i}", "alternatives": [{"resource": "press", "minutes": 7}]} for i in range(10_000)]
    plan = plan_of(one_press(operations=ops), effort=20)
    assert len(plan.assignments) == 10_001


def test_all_machines_down_for_a_month_are_waited_for() -> None:
    raw = generate.problem("small", 1)
    for r in raw["resources"]:
        if r["kind"] in ("machine", "batch"):
            r["maintenance"] = [[0, 43_200]]
    plan = plan_of(raw, effort=500)
    assert min(a.start for a in plan.assignments) >= 43_200


def test_a_horizon_of_ten_years_is_planned() -> None:
    raw = generate.problem("small", 1)
    days = [[d * 1440 + 480, d * 1440 + 960] for d in range(3650)]
    raw["calendars"] = {"day": days}
    for r in raw["resources"]:
        if r["kind"] == "machine":
            r["calendar"] = "day"
    raw["orders"][0]["release"] = 5_000_000
    plan = plan_of(raw, effort=500)
    assert plan.unplanned == ()


def test_calendars_that_end_leave_the_rest_unplanned_and_say_so() -> None:
    raw = generate.problem("small", 1)
    raw["calendars"] = {"short": [[0, 4_000]]}
    for r in raw["resources"]:
        if r["kind"] in ("machine", "batch"):
            r["calendar"] = "short"
    plan = plan_of(raw, effort=500)
    assert plan.unplanned
    assert plan.orders
    assert all(u.reasons for u in plan.unplanned)


def test_one_broken_order_in_ten_is_reported_and_the_others_are_planned() -> None:
    raw = generate.problem("small", 2, materials=True, extras=True)
    for k, order in enumerate(raw["orders"]):
        if k % 10 == 0:
            order["operations"][-1]["alternatives"] = [{"resource": "nowhere", "minutes": 5}]
    plan = plan_of(raw, effort=500)
    assert len(plan.unplanned) == 5
    assert len(plan.orders) == 45


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": "planning-problem/2"}', '{"format": "planning-problem/1"}']
)
def test_what_is_no_problem_is_refused_by_name(text: str) -> None:
    with pytest.raises(ProblemUnreadable):
        read_problem(text)


def test_every_fault_is_named_not_only_the_first() -> None:
    problem, _ = read_problem(json.dumps(one_press(operations=operation(tool="clamp", crew="night", family=None))))
    assert len(faults(problem)) == 2
