"""Whatever valid problem comes in, and whatever then happens to it, the plan keeps every rule."""

from __future__ import annotations

import json
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning import ChangeRefused, impact, read_problem, solve, stabilise, violations, what_if, write_plan
from planning.bench import check as independent
from planning.changes import (
    Change,
    ExtraMachine,
    ExtraTime,
    MaterialLate,
    OperationFailed,
    OperationFinished,
    OrderAdded,
    OrderCancelled,
    OrderMoved,
    OrderResized,
    ResourceDown,
    YieldChanged,
)
from planning.plan import Plan
from planning.problem import Problem, write_problem
from tests.planning.problems import random_problem

QUIET = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
FEWER = settings(QUIET, max_examples=60)


def both_checkers_accept(problem: Problem, plan: Plan) -> None:
    assert violations(problem, plan) == ()
    figures = independent.check(json.loads(write_problem(problem)), json.loads(write_plan(plan)))
    assert figures["unplanned_orders"] == len(plan.unplanned)


@QUIET
@given(st.randoms(use_true_random=False))
def test_any_valid_problem_gives_a_plan_both_checkers_accept(r: Random) -> None:
    problem, faults = read_problem(json.dumps(random_problem(r)))
    assert faults == ()
    both_checkers_accept(problem, solve(problem, effort=300, seed=1))


@FEWER
@given(st.randoms(use_true_random=False))
def test_any_change_keeps_the_plan_sound(r: Random) -> None:
    problem, _ = read_problem(json.dumps(random_problem(r)))
    plan = solve(problem, effort=60, seed=1)
    fence = r.choice([0, 0, 500])
    for _ in range(2):
        change = random_change(r, problem, plan)
        if change is None:
            return
        try:
            answer = impact(problem, plan, change, fence=fence, overtime=True)
            scenario = what_if(problem, plan, change, effort=60, fence=fence)
        except ChangeRefused:
            continue
        for option in answer.options:
            assert violations(option.problem, option.plan) == ()
        if answer.options:
            firm = stabilise(plan, answer.options[-1], effort=60, fence=fence)
            assert violations(firm.problem, firm.plan) == ()
        both_checkers_accept(scenario.problem, scenario.plan)
        problem, plan = scenario.problem, scenario.plan


def random_change(r: Random, problem: Problem, plan: Plan) -> Change | None:
    if not problem.orders or not plan.assignments:
        return None
    order = r.choice(problem.orders)
    machine = r.choice([x for x in problem.resources if x.kind in ("machine", "batch")])
    anything = r.choice(problem.resources)
    operation = r.choice(plan.assignments)
    receipts = [(m, minute) for m in problem.materials for minute, _ in m.receipts]
    start = r.randint(0, 3000)
    new = msgspec.structs.replace(
        order,
        id=f"{order.id}+",
        operations=tuple(msgspec.structs.replace(op, id=f"{op.id}+", frozen=None) for op in order.operations),
    )
    choices: list[Change] = [
        OrderMoved(order=order.id, due=r.randint(0, 5000)),
        OrderResized(order=order.id, percent=r.choice([50, 130, 200])),
        OrderCancelled(order=order.id),
        OrderAdded(order=new),
        ResourceDown(resource=anything.id, start=start, end=start + r.randint(1, 3000)),
        OperationFinished(operation=operation.operation, at=operation.end + r.choice([-30, 45, 300])),
        OperationFailed(operation=operation.operation),
        ExtraTime(resource=machine.id, start=start, end=start + 500),
        ExtraMachine(resource=machine.id),
        YieldChanged(points=r.choice([-2, 2])),
    ]
    if receipts:
        material, minute = r.choice(receipts)
        choices.append(MaterialLate(item=material.item, owner=material.owner, due=minute, arrives=minute + 2000))
    return r.choice(choices)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_problem_effort_and_seed_give_the_same_plan(seed: int) -> None:
    problem, _ = read_problem(json.dumps(random_problem(Random(seed))))
    hashes = {solve(problem, effort=500, seed=seed).plan_hash for _ in range(3)}
    assert len(hashes) == 1
