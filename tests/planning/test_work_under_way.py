"""A plan made in the morning: work that ended before it, work that is under way, and what comes after."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from planning import faults, read_problem, solve, violations

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
