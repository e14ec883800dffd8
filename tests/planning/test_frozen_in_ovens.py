"""Frozen work in ovens, and what people's systems write: the part that cannot be is named, the rest planned."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planning import ProblemUnreadable, faults, read_problem, solve, violations

OVEN = {"id": "oven", "kind": "batch", "capacity": 4, "cycle_minutes": 100}
PRESS = {"id": "press", "kind": "machine"}


def in_oven(name: str, start: int | None, *, load: int = 1, key: str = "steam") -> dict[str, Any]:
    """Return an order of one cycle, frozen at ``start`` if that is said."""
    step: dict[str, Any] = {"id": f"{name}-10", "alternatives": [{"resource": "oven", "minutes": 100}]}
    step |= {"load": load, "batch_key": key}
    if start is not None:
        step["frozen"] = {"resource": "oven", "start": start}
    return {"id": name, "release": -1_000, "due": 2_000, "operations": [step]}


def planned(*orders: dict[str, Any]) -> tuple[dict[str, tuple[int, int]], dict[str, str]]:
    """Return when each operation that is planned runs, and why each order that is not is not; the plan is sound."""
    raw = {"format": "planning-problem/1", "resources": [OVEN, PRESS], "orders": list(orders)}
    problem, found = read_problem(json.dumps(raw))
    plan = solve(problem, effort=100, seed=1, faults=found)
    assert violations(problem, plan, {each.order for each in found if each.order}) == ()
    times = {each.operation: (each.start, each.end) for each in plan.assignments}
    return times, {each.order: "; ".join(reason.text for reason in each.reasons) for each in plan.unplanned}


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ((0, 3, "steam"), (0, 3, "steam"), "the batch holds 6, and oven 4"),
        ((0, 4, "steam"), (0, 1, "steam"), "the batch holds 5, and oven 4"),
        ((-50, 2, "steam"), (-50, 3, "steam"), "the batch holds 5, and oven 4"),
        ((0, 1, "steam"), (0, 1, "dry"), "has the key steam and not dry"),
        ((-20, 1, "dry"), (-20, 1, "steam"), "has the key dry and not steam"),
        ((0, 1, "steam"), (50, 1, "steam"), "is in it from 0 to 100"),
        ((0, 1, "steam"), (99, 1, "dry"), "is in it from 0 to 100"),
        ((-99, 1, "steam"), (0, 1, "steam"), "is in it from -99 to 1"),
        ((-10, 1, "steam"), (-5, 1, "steam"), "is in it from -10 to 90"),
        ((200, 2, "steam"), (250, 2, "steam"), "is in it from 200 to 300"),
    ],
)
def test_of_frozen_work_that_an_oven_cannot_hold_the_second_is_named_and_the_first_stays(
    first: tuple[int, int, str], second: tuple[int, int, str], words: str
) -> None:
    orders = [
        in_oven(name, start, load=load, key=key)
        for name, (start, load, key) in zip(("A", "B"), (first, second), strict=True)
    ]
    times, why = planned(*orders, in_oven("C", None))
    assert sorted(times) == ["A-10", "C-10"]
    assert times["A-10"][0] == first[0]
    assert words in why["B"]
    assert f"frozen at {second[0]} on oven, but" in why["B"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((0, 2, "steam"), (0, 2, "steam")),
        ((0, 1, "steam"), (100, 4, "dry")),
        ((-100, 4, "steam"), (0, 4, "steam")),
        ((-30, 1, "dry"), (-30, 3, "dry")),
        ((50, 4, "steam"), (150, 4, "steam")),
        ((300, 1, "steam"), (0, 1, "dry")),
    ],
)
def test_frozen_work_that_an_oven_can_hold_stays(first: tuple[int, int, str], second: tuple[int, int, str]) -> None:
    orders = [
        in_oven(name, start, load=load, key=key)
        for name, (start, load, key) in zip(("A", "B"), (first, second), strict=True)
    ]
    times, why = planned(*orders)
    assert why == {}
    assert (times["A-10"][0], times["B-10"][0]) == (first[0], second[0])


def on_press(name: str, operation: str, *minutes: int) -> dict[str, Any]:
    alternatives = [{"resource": "press", "minutes": each} for each in minutes]
    return {"id": name, "release": 0, "due": 500, "operations": [{"id": operation, "alternatives": alternatives}]}


@pytest.mark.parametrize("minutes", [(60, 30), (30, 60), (60, 60), (10, 20, 30)])
def test_a_resource_twice_among_the_alternatives_is_named(minutes: tuple[int, ...]) -> None:
    times, why = planned(on_press("A", "A-10", *minutes), on_press("B", "B-10", 5))
    assert sorted(times) == ["B-10"]
    assert "press stands among its alternatives more than once" in why["A"]


@pytest.mark.parametrize("names", [("A", "B"), ("B", "A"), ("A", "B", "C")])
def test_an_operation_that_two_orders_have_is_the_firsts_and_the_plan_is_sound(names: tuple[str, ...]) -> None:
    times, why = planned(*(on_press(name, "X", 60) for name in names))
    assert times == {"X": (0, 60)}
    assert sorted(why) == sorted(names[1:])
    assert all(f"already used by order {names[0]}" in text for text in why.values())


SMALL = json.dumps({"format": "planning-problem/1", "resources": [PRESS], "orders": [on_press("A", "A-10", 60)]})


@pytest.mark.parametrize("mark", ["\ufeff", "\ufeff\n", "\ufeff  "])
def test_a_byte_order_mark_before_a_problem_is_passed(mark: str) -> None:
    problem, found = read_problem((mark + SMALL).encode())
    assert (found, faults(problem)) == ((), ())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_problem_that_is_not_utf_8_is_told_so(encoding: str) -> None:
    with pytest.raises(ProblemUnreadable, match="UTF-8"):
        read_problem(SMALL.encode(encoding))
