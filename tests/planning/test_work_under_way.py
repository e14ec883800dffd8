"""A plan made in the morning: work that ended before it, work that is under way, and what comes after."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from planning import faults, impact, read_problem, solve, violations, what_if
from planning.changes import OrderMoved, ResourceDown

MATRIX = {"paint": {"families": ["red", "green"], "minutes": [[0, 40], [25, 0]]}}


def morning(r: Random) -> dict[str, Any]:
    """Return a shop at minute 0: on each machine some work is finished, and often one operation is under way."""
    machines = [f"M{k}" for k in range(r.randint(1, 3))]
    orders: list[dict[str, Any]] = []
    for machine in machines:
        clock = -r.randint(500, 2_000)
        for _ in range(r.randint(0, 3)):
            minutes = r.randint(10, 120)
            if clock + minutes > -1:
                break
            orders.append(order(r, len(orders), machines, machine, {"start": clock}, minutes))
            clock += minutes + r.choice([0, 0, r.randint(1, 100)])
        if r.random() < 0.8:
            begun = r.randint(min(clock, -1), -1)
            frozen = {"start": begun, "remaining": r.randint(1, 300)}
            orders.append(order(r, len(orders), machines, machine, frozen, r.randint(10, 120)))
    orders += [order(r, len(orders) + k, machines, None, None, 30) for k in range(r.randint(0, 4))]
    r.shuffle(orders)
    return {
        "format": "planning-problem/1",
        "resources": [
            {"id": name, "kind": "machine", "setup_matrix": "paint", "setup_state": r.choice(["red", "green"])}
            for name in machines
        ],
        "setup_matrices": MATRIX,
        "orders": orders,
    }


def order(
    r: Random, number: int, machines: list[str], at: str | None, frozen: dict[str, int] | None, minutes: int
) -> dict[str, Any]:
    """Return an order whose first operation is frozen ``at`` a machine, if any, and whose rest is free."""
    operations = [step(r, f"O{number}-0", [at] if at else machines, minutes)]
    if frozen is not None:
        operations[0]["frozen"] = {"resource": at, **frozen}
    operations += [step(r, f"O{number}-{k}", machines, r.randint(5, 90)) for k in range(1, r.randint(1, 4))]
    if r.random() < 0.3:
        operations[0]["min_gap_after"] = r.randint(0, 60)
    return {"id": f"O{number}", "release": -3_000, "due": r.randint(0, 2_000), "operations": operations}


def step(r: Random, name: str, machines: list[str], minutes: int) -> dict[str, Any]:
    alternatives = [{"resource": machine, "minutes": minutes} for machine in machines]
    return {"id": name, "alternatives": alternatives, "family": r.choice(["red", "green"])}


@pytest.mark.parametrize("seed", range(60))
def test_running_work_keeps_its_place_and_its_rest_and_nothing_is_set_up_in_the_past(seed: int) -> None:
    raw = morning(Random(seed))
    problem, unread = read_problem(json.dumps(raw))
    assert unread == ()
    assert faults(problem) == ()
    plan = solve(problem, effort=300, seed=1)
    assert plan.unplanned == ()
    assert violations(problem, plan) == ()
    times = {a.operation: a for a in plan.assignments}
    for operation in (operation for order in raw["orders"] for operation in order["operations"]):
        at = times[operation["id"]]
        if frozen := operation.get("frozen"):
            rest = frozen.get("remaining")
            ends = frozen["start"] + operation["alternatives"][0]["minutes"] if rest is None else rest
            assert (at.resource, at.start, at.end) == (frozen["resource"], frozen["start"], ends)
        else:
            assert at.start - at.setup >= 0, "nobody sets a machine up yesterday"


def bakery(r: Random) -> dict[str, Any]:
    """Return a shop whose machines and oven have been at work since before minute 0, with gaps, a tool and a crew."""
    orders: list[list[dict[str, Any]]] = []
    machines = ("M0", "M1")
    for machine in machines:
        clock = -r.randint(300, 900)
        while clock < -20:
            minutes = r.randint(20, 150)
            first = frozen_at(f"a{len(orders)}", machine, minutes, clock)
            first |= {"max_gap_after": r.randint(400, 3_000)} if r.random() < 0.3 else {}
            if clock + minutes > 0 and r.random() < 0.5:
                first["frozen"]["remaining"] = r.randint(1, 200)
            rest = [anywhere(f"b{len(orders)}", machines, r.randint(10, 60))] if r.random() < 0.7 else []
            orders.append([first, *rest, *([baked(r, f"c{len(orders)}")] if r.random() < 0.4 else [])])
            clock += minutes + r.randint(0, 40)
    clock = -r.randint(100, 500)
    while clock < 0:
        key = r.choice("xy")
        for _ in range(r.randint(1, 2)):
            first = frozen_at(f"v{len(orders)}", "oven", 100, clock) | {"batch_key": key, "load": 2}
            after = [anywhere(f"w{len(orders)}", ("M0",), 20) | {"tool": "jig"}] if r.random() < 0.5 else []
            orders.append([first, *after])
        clock += 100 + r.randint(0, 50)
    for _ in range(r.randint(1, 4)):
        orders.append([anywhere(f"p{len(orders)}", machines, 30) | {"crew": "team"}, baked(r, f"q{len(orders)}")])
    return {
        "format": "planning-problem/1",
        "resources": [
            *({"id": name, "kind": "machine"} for name in machines),
            {"id": "oven", "kind": "batch", "capacity": 6, "cycle_minutes": 100},
            {"id": "jig", "kind": "tool", "count": r.randint(1, 2)},
            {"id": "team", "kind": "crew", "count": 2},
        ],
        "orders": [
            {"id": f"O{k}", "release": -3_000, "due": r.randint(0, 1_500), "operations": operations}
            for k, operations in enumerate(orders)
        ],
    }


def frozen_at(name: str, resource: str, minutes: int, start: int) -> dict[str, Any]:
    return anywhere(name, (resource,), minutes) | {"frozen": {"resource": resource, "start": start}}


def anywhere(name: str, resources: tuple[str, ...], minutes: int) -> dict[str, Any]:
    return {"id": name, "alternatives": [{"resource": resource, "minutes": minutes} for resource in resources]}


def baked(r: Random, name: str) -> dict[str, Any]:
    return anywhere(name, ("oven",), 100) | {"batch_key": r.choice("xy"), "load": r.randint(1, 3)}


@pytest.mark.parametrize("seed", [*range(30), 49, 50, 78, 96, 98, 104, 114, 128, 129])
def test_whatever_was_at_work_plans_and_their_changes_keep_every_rule(seed: int) -> None:
    """Nothing joins an oven that has run, and a gap counts from the true end, however long ago that was."""
    r = Random(seed)
    problem, unread = read_problem(json.dumps(bakery(r)))
    assert unread == ()
    plan = solve(problem, effort=200, seed=1)
    assert violations(problem, plan) == ()
    assert all("maximum gap" in each.reasons[0].text for each in plan.unplanned)
    down = what_if(problem, plan, ResourceDown(resource="M0", start=5, end=50), effort=100)
    assert violations(down.problem, down.plan) == ()
    for option in impact(problem, plan, OrderMoved(order=r.choice(problem.orders).id, due=100)).options:
        assert violations(option.problem, option.plan) == ()


def test_a_plan_that_was_retimed_by_hand_is_told_from_a_sound_one() -> None:
    """The planted defect: the checker sees what the reviewers saw."""
    raw = morning(Random(1))
    problem, _ = read_problem(json.dumps(raw))
    plan = solve(problem, effort=300, seed=1)
    frozen = {
        operation["id"] for each in raw["orders"] for operation in each["operations"] if "remaining" in str(operation)
    }
    assert frozen
    moved = [replace(a, start=0, end=0) if a.operation in frozen else a for a in plan.assignments]
    assert any(fault.rule == "frozen" for fault in violations(problem, replace(plan, assignments=tuple(moved))))
