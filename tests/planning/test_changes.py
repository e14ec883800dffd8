"""What a change does: promises that name who suffers, repairs that keep the fence, scenarios that are kept beside."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from planning import (
    ChangeRefused,
    impact,
    read_changes,
    read_problem,
    sensitivity,
    solve,
    stabilise,
    violations,
    what_if,
)
from planning.bench import generate
from planning.changes import ExtraMachine, MaterialLate, OperationFailed, OperationFinished, OrderMoved, ResourceDown
from planning.parent import PlanOfAnotherProblem
from tests.planning.problems import random_problem

FENCE = 800


@pytest.fixture(scope="module")
def shop() -> Any:
    problem, _ = read_problem(json.dumps(generate.problem("small", 1, materials=True)))
    return problem, solve(problem, effort=3_000, seed=1)


@pytest.fixture(scope="module")
def two_on_one_press() -> Any:
    folder = Path(__file__).parent / "scenarios/an_order_wanted_sooner_goes_before_the_one_that_holds_the_press"
    problem, _ = read_problem((folder / "problem.json").read_bytes())
    return problem, solve(problem, effort=100, seed=1)


def late_order(plan: Any) -> Any:
    return max(plan.orders, key=lambda r: r.tardiness)


def test_the_zero_impact_date_moves_nobody(shop: Any) -> None:
    problem, plan = shop
    answer = impact(problem, plan, OrderMoved(order="O0003", due=500), fence=FENCE)
    zero = answer.option("zero-impact")
    assert zero is not None
    assert (zero.others.operations_moved, zero.others.worse, zero.others.machine_changes) == (0, (), 0)


def test_the_requested_date_names_who_suffers(shop: Any) -> None:
    problem, plan = shop
    answer = impact(problem, plan, OrderMoved(order=late_order(plan).order, due=0), fence=FENCE)
    zero, requested = answer.option("zero-impact"), answer.option("requested")
    assert zero is not None
    assert requested is not None
    assert requested.completion is not None
    assert zero.completion is not None
    assert requested.completion <= zero.completion
    later = {r.order: r.tardiness for r in requested.plan.orders}
    before = {r.order: r.tardiness for r in plan.orders}
    mine = late_order(plan).order
    assert {s.order for s in requested.others.worse} == {o for o in before if o != mine and later[o] > before[o]}


@pytest.mark.parametrize("seed", range(24))
def test_the_requested_date_is_given_when_the_order_alone_would_keep_it(seed: int) -> None:
    """Anything not frozen can give way, so others are no reason to miss a date; maximum gaps may forbid it."""
    drawn = random_problem(Random(seed)) | {"objective": "weighted-tardiness"}
    for order in drawn["orders"]:
        for op in order["operations"]:
            op.pop("max_gap_after", None)
    problem, _ = read_problem(json.dumps(drawn))
    plan = solve(problem, effort=100, seed=1)
    for order in problem.orders:
        if order.id in {u.order for u in plan.unplanned}:
            continue
        own = msgspec.structs.replace(problem, orders=(order,))
        (alone,) = solve(own, effort=200, seed=1).orders
        requested = impact(problem, plan, OrderMoved(order=order.id, due=alone.completion)).option("requested")
        assert requested is not None
        assert requested.tardiness == 0
        assert violations(requested.problem, requested.plan) == ()
        assert requested.plan.unplanned == plan.unplanned
        before = {r.order: r.tardiness for r in plan.orders if r.order != order.id}
        after = {r.order: r.tardiness for r in requested.plan.orders}
        assert {(s.order, s.tardiness_shift) for s in requested.others.worse} == {
            (o, after[o] - before[o]) for o in before if after[o] > before[o]
        }


def test_what_the_fence_froze_gives_no_way(two_on_one_press: Any) -> None:
    problem, plan = two_on_one_press
    requested = impact(problem, plan, OrderMoved(order="short", due=500), fence=1).option("requested")
    assert requested is not None
    assert (requested.completion, requested.others.worse) == (1010, ())
    requested = impact(problem, plan, OrderMoved(order="short", due=500)).option("requested")
    assert requested is not None
    assert (requested.completion, [s.order for s in requested.others.worse]) == (10, ["long"])


def test_a_negotiated_date_makes_nobody_late(shop: Any) -> None:
    problem, plan = shop
    option = impact(problem, plan, OrderMoved(order="O0003", due=0), fence=FENCE).option("negotiated")
    assert option is not None
    assert option.others.newly_late == ()


def test_nothing_before_the_fence_moves(shop: Any) -> None:
    problem, plan = shop
    machine = next(a.resource for a in plan.assignments if "machining" in a.resource)
    answer = impact(problem, plan, ResourceDown(resource=machine, start=FENCE, end=FENCE + 2_000), fence=FENCE)
    option = stabilise(plan, answer.options[0], effort=2_000, fence=FENCE)
    after = {a.operation: a for a in option.plan.assignments}
    for a in plan.assignments:
        if a.start < FENCE and not (a.resource == machine and a.end > FENCE):
            assert (after[a.operation].start, after[a.operation].resource) == (a.start, a.resource)
    assert violations(option.problem, option.plan) == ()


@pytest.mark.parametrize("kind", ["machine", "tool"])
def test_a_resource_that_is_down_moves_little(shop: Any, kind: str) -> None:
    problem, plan = shop
    ids = {r.id for r in problem.resources if r.kind == kind}
    held = {op.id: {op.tool, a.resource} for o in problem.orders for op in o.operations for a in op.alternatives}
    busy = {a.operation: {a.resource} | held[a.operation] for a in plan.assignments if a.start > FENCE}
    for name in sorted(ids & set().union(*busy.values()))[:12]:
        start = next(a.start for a in plan.assignments if name in busy.get(a.operation, ())) + 1
        option = impact(problem, plan, ResourceDown(resource=name, start=start, end=start + 240), fence=FENCE).options[
            0
        ]
        assert option.plan.unplanned == plan.unplanned
        assert option.others.operations_moved <= len(plan.assignments) // 10
        assert violations(option.problem, option.plan) == ()


def test_an_operation_that_failed_or_ended_late_drops_no_order(shop: Any) -> None:
    problem, plan = shop
    fenced = [a for a in plan.assignments if a.start < FENCE and a.resource.startswith(("machining", "mould", "weld"))]
    assert fenced
    for a in fenced:
        for change in (
            OperationFailed(operation=a.operation),
            OperationFinished(operation=a.operation, at=a.end + 200),
        ):
            option = impact(problem, plan, change, fence=FENCE).options[0]
            assert option.plan.unplanned == plan.unplanned
            assert violations(option.problem, option.plan) == ()


def test_late_material_moves_only_what_needs_it_first(shop: Any) -> None:
    problem, plan = shop
    material = next(m for m in problem.materials if m.receipts)
    change = MaterialLate(item=material.item, owner=material.owner, due=material.receipts[0][0], arrives=9_000)
    answer = impact(problem, plan, change)
    assert violations(answer.options[0].problem, answer.options[0].plan) == ()
    assert answer.touched


def test_one_more_machine_at_the_bottleneck_helps(shop: Any) -> None:
    problem, plan = shop
    base, *others = sensitivity(problem, plan, effort=1_000)
    best = min(s.plan.objective.weighted_tardiness for s in others)
    assert best < base.plan.objective.weighted_tardiness


def test_a_scenario_keeps_its_parent_and_its_changes(shop: Any) -> None:
    problem, plan = shop
    change = ExtraMachine(
        resource="seal-028" if any(r.id == "seal-028" for r in problem.resources) else problem.resources[0].id
    )
    scenario = what_if(problem, plan, change, effort=500)
    assert scenario.parent == plan.plan_hash
    assert scenario.changes == (change,)
    assert violations(scenario.problem, scenario.plan) == ()


def test_a_change_of_something_unknown_is_refused_by_name(shop: Any) -> None:
    problem, plan = shop
    with pytest.raises(ChangeRefused, match="NOBODY"):
        what_if(problem, plan, OrderMoved(order="NOBODY", due=0))


def other_plans(problem: Any, plan: Any) -> dict[str, tuple[Any, Any, str]]:
    """A problem, a plan that is none of it, and what says so."""
    other, _ = read_problem(json.dumps(generate.problem("small", 2)))
    first = plan.assignments[0]
    fewer = msgspec.structs.replace(problem, orders=problem.orders[1:])
    elsewhere = msgspec.structs.replace(first, resource="moon")
    new = msgspec.structs.replace(problem.orders[0].operations[0], id="NEW-10")
    more = msgspec.structs.replace(
        problem, orders=(*problem.orders, msgspec.structs.replace(problem.orders[0], id="NEW", operations=(new,)))
    )
    return {
        "another": (problem, solve(other, effort=0), "another problem"),
        "of more orders": (fewer, plan, f"{problem.orders[0].operations[0].id} is not in the problem"),
        "of fewer orders": (more, plan, "NEW-10 is not placed"),
        "on other machines": (
            problem,
            msgspec.structs.replace(plan, assignments=(elsewhere, *plan.assignments[1:])),
            "moon is no alternative",
        ),
    }


@pytest.mark.parametrize("which", ["another", "of more orders", "of fewer orders", "on other machines"])
def test_a_plan_of_another_problem_is_refused_by_what_shows_it(shop: Any, which: str) -> None:
    problem, plan, words = other_plans(*shop)[which]
    change = OrderMoved(order=problem.orders[-1].id, due=500)
    for ask in (lambda: impact(problem, plan, change), lambda: what_if(problem, plan, change, effort=0)):
        with pytest.raises(PlanOfAnotherProblem, match=words) as refused:
            ask()
        assert isinstance(refused.value, ChangeRefused)


@pytest.mark.parametrize("told", ["by the plan", "by the caller"])
def test_orders_that_could_not_be_read_stay_among_the_unplanned(told: str) -> None:
    written = generate.problem("small", 1)
    written["orders"][4]["due"] = "soon"
    name = written["orders"][4]["id"]
    problem, faults = read_problem(json.dumps(written))
    plan = solve(problem, effort=0, faults=faults if told == "by the plan" else ())
    faults = faults if told == "by the caller" else ()
    machine = plan.assignments[0].resource
    for change in (
        OrderMoved(order=problem.orders[0].id, due=500),
        ResourceDown(resource=machine, start=900, end=1000),
    ):
        answer = impact(problem, plan, change, faults=faults)
        scenario = what_if(problem, plan, change, effort=0, faults=faults)
        for made in (*(option.plan for option in answer.options), scenario.plan):
            assert [u.order for u in made.unplanned] == [name]
            assert "cannot be read" in made.unplanned[0].reasons[0].text
        assert [u.order for u in stabilise(plan, answer.options[0], effort=20).plan.unplanned] == [name]


def test_changes_are_read_from_json() -> None:
    (change,) = read_changes('[{"change": "order-moved", "order": "O0001", "due": 5}]')
    assert change == OrderMoved(order="O0001", due=5)
    with pytest.raises(ChangeRefused):
        read_changes('[{"change": "order-exploded"}]')
