"""Our checker and the independent one agree: both accept our plans, both refuse every planted fault."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from planning import read_problem, solve, violations, write_plan
from planning.bench import check, generate
from planning.plan import read_plan

FLAGS = [
    dict(zip(("calendars", "materials", "extras"), row, strict=True))
    for row in itertools.product((False, True), repeat=3)
]


def solved(size: str, seed: int, effort: int, **flags: bool) -> tuple[Any, Any, Any]:
    raw = generate.problem(size, seed, **flags)
    problem, _ = read_problem(json.dumps(raw))
    return raw, problem, solve(problem, effort=effort, seed=seed)


def accepted(raw: Any, problem: Any, plan: Any) -> None:
    assert violations(problem, plan) == ()
    figures = check.check(raw, json.loads(write_plan(plan)))
    assert figures["unplanned_orders"] == 0
    assert figures["weighted_tardiness_hours"] == round(plan.objective.weighted_tardiness / 60, 1)
    assert figures["setup_hours"] == round(plan.objective.setup_minutes / 60, 1)
    assert figures["late_orders"] == plan.objective.late_orders


@pytest.mark.parametrize("flags", FLAGS, ids=lambda f: "+".join(k for k, on in f.items() if on) or "plain")
@pytest.mark.parametrize("seed", range(1, 6))
def test_every_small_plan_is_accepted_by_both(seed: int, flags: dict[str, bool]) -> None:
    accepted(*solved("small", seed, 1_000, **flags))


@pytest.mark.parametrize("flags", FLAGS, ids=lambda f: "+".join(k for k, on in f.items() if on) or "plain")
def test_every_medium_plan_is_accepted_by_both(flags: dict[str, bool]) -> None:
    accepted(*solved("medium", 1, 1_000, **flags))


@pytest.mark.parametrize("flags", [FLAGS[0], FLAGS[-1]], ids=["plain", "everything"])
def test_a_large_plan_is_accepted_by_both(flags: dict[str, bool]) -> None:
    accepted(*solved("large", 1, 1_000, **flags))


def too_short(raw: Any, plan: dict[str, Any]) -> None:
    plan["assignments"][7]["end"] -= 1


def drop(raw: Any, plan: dict[str, Any]) -> None:
    del plan["assignments"][3]


def twice(raw: Any, plan: dict[str, Any]) -> None:
    plan["assignments"].append(dict(plan["assignments"][3]))


def before_release(raw: Any, plan: dict[str, Any]) -> None:
    order = next(o for o in raw["orders"] if o["release"] > 0)
    a = next(a for a in plan["assignments"] if a["operation"] == order["operations"][0]["id"])
    length = a["end"] - a["start"]
    a["start"], a["end"] = 0, length


def on_top(raw: Any, plan: dict[str, Any]) -> None:
    rows: dict[str, list[dict[str, Any]]] = {}
    kinds = {r["id"]: r["kind"] for r in raw["resources"]}
    for a in plan["assignments"]:
        if kinds[a["resource"]] == "machine":
            rows.setdefault(a["resource"], []).append(a)
    row = sorted(max(rows.values(), key=len), key=lambda a: a["start"])
    length = row[1]["end"] - row[1]["start"]
    row[1]["start"] = row[0]["start"] + 1
    row[1]["end"] = row[1]["start"] + length


def no_batch_room(raw: Any, plan: dict[str, Any]) -> None:
    for r in raw["resources"]:
        if r["kind"] == "batch":
            r["capacity"] = 1


def no_tools(raw: Any, plan: dict[str, Any]) -> None:
    for o in raw["orders"]:
        for op in o["operations"]:
            if "tool" in op:
                op["tool"] = "tool-000"


def no_stock(raw: Any, plan: dict[str, Any]) -> None:
    for m in raw["materials"]:
        m["on_hand"] = 0
        m["receipts"] = []


def one_person(raw: Any, plan: dict[str, Any]) -> None:
    for r in raw["resources"]:
        if r["kind"] == "crew":
            r["count"] = 1


def short_gap(raw: Any, plan: dict[str, Any]) -> None:
    for o in raw["orders"]:
        for op in o["operations"]:
            op["max_gap_after"] = 0


def long_gap(raw: Any, plan: dict[str, Any]) -> None:
    for o in raw["orders"]:
        for op in o["operations"]:
            op["min_gap_after"] = 5_000
            op.pop("max_gap_after", None)


def long_setup(raw: Any, plan: dict[str, Any]) -> None:
    for matrix in raw["setup_matrices"].values():
        matrix["minutes"] = [[m + 500 for m in row] for row in matrix["minutes"]]


def thaw_elsewhere(raw: Any, plan: dict[str, Any]) -> None:
    for o in raw["orders"]:
        if "frozen" in o["operations"][0]:
            o["operations"][0]["frozen"]["start"] += 7
            return


def closed(raw: Any, plan: dict[str, Any]) -> None:
    for r in raw["resources"]:
        if r["kind"] == "machine":
            r["maintenance"] = [[0, 9_000]]


FAULTS = [
    too_short, drop, twice, before_release, on_top, no_batch_room, no_tools, no_stock, one_person, short_gap, long_gap,
    long_setup, thaw_elsewhere, closed,
]  # fmt: skip


@pytest.mark.parametrize("plant", FAULTS, ids=lambda f: f.__name__)
def test_both_refuse_a_planted_fault(plant: Callable[[Any, Any], None]) -> None:
    raw, _, plan = solved("small", 1, 300, materials=True, extras=True)
    text = json.loads(write_plan(plan))
    plant(raw, text)
    problem, _ = read_problem(json.dumps(raw))
    assert violations(problem, read_plan(json.dumps(text)))
    with pytest.raises(check.Infeasible):
        check.check(raw, text)
