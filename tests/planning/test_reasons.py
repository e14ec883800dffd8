"""Reasons for lateness are the true ones: without the named reason the order is less late."""

from __future__ import annotations

import json

import msgspec

from planning import compare, explain, read_problem, report, solve, violations, without_reason
from planning.bench import generate


def test_lifting_the_named_reason_makes_nine_of_ten_late_orders_less_late() -> None:
    helped = asked = 0
    for size, flags in (
        ("medium", {}),
        ("medium", {"calendars": True, "materials": True, "extras": True}),
        ("small", {"materials": True, "extras": True}),
        ("medium", {"extras": True}),
        ("medium", {"calendars": True}),
        ("medium", {"materials": True}),
    ):
        problem, _ = read_problem(json.dumps(generate.problem(size, 2, **flags)))
        plan = solve(problem, effort=60, seed=1)
        for result in [r for r in plan.orders if r.tardiness > 0][:30]:
            asked += 1
            scenario = without_reason(problem, plan, result.reasons[0])
            assert violations(scenario.problem, scenario.plan) == ()
            after = next(r for r in scenario.plan.orders if r.order == result.order)
            helped += after.tardiness < result.tardiness
    assert asked >= 100
    assert helped >= 0.9 * asked


def test_every_late_order_has_a_reason_and_no_other_does() -> None:
    problem, _ = read_problem(json.dumps(generate.problem("small", 1, extras=True)))
    plan = solve(problem, effort=300, seed=1)
    for result in plan.orders:
        assert bool(result.reasons) == (result.tardiness > 0)
        if result.tardiness:
            assert explain(problem, plan, result.order) == result.reasons


def test_load_never_exceeds_what_is_available_and_setup_hours_add_up() -> None:
    problem, _ = read_problem(json.dumps(generate.problem("small", 1, calendars=True)))
    plan = solve(problem, effort=300, seed=1)
    found = report(problem, plan)
    assert all(row.busy_minutes <= row.available_minutes for row in found.load)
    assert abs(sum(found.setup_hours.values()) - plan.objective.setup_minutes / 60) < 2


def test_shortages_are_pegged_to_the_owner_whose_material_is_late() -> None:
    problem, _ = read_problem(json.dumps(generate.problem("small", 1, materials=True)))
    plan = solve(problem, effort=300, seed=1)
    owners = {(m.item, m.owner) for m in problem.materials}
    shortages = report(problem, plan).shortages
    assert shortages
    assert all((s.item, s.owner) in owners and s.covered_at > s.ready_at for s in shortages)


def test_a_plan_compared_with_itself_differs_in_nothing() -> None:
    problem, _ = read_problem(json.dumps(generate.problem("small", 1)))
    plan = solve(problem, effort=300, seed=1)
    same = compare(plan, plan)
    assert (same.better, same.worse, same.operations_moved) == ((), (), 0)


def test_compare_names_who_is_newly_late() -> None:
    problem, _ = read_problem(json.dumps(generate.problem("small", 1)))
    plan = solve(problem, effort=300, seed=1)
    first = next(r for r in plan.orders if r.tardiness == 0)
    late = msgspec.structs.replace(first, tardiness=5, completion=first.completion + 5)
    other = msgspec.structs.replace(plan, orders=tuple(late if r is first else r for r in plan.orders))
    assert compare(plan, other).newly_late == (first.order,)
