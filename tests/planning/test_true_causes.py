"""What cannot be is named by its true cause: the interval, the cycle against the longest opening, the number."""

from __future__ import annotations

import json
from typing import Any

import pytest

from planning import read_problem, solve, violations


def shop(resource: dict[str, Any], operation: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a problem of one order on one resource."""
    order = {"id": "A", "release": 0, "due": 100, "operations": [{"id": "A-10", **operation}]}
    return {"format": "planning-problem/1", "resources": [{"id": "R", **resource}], "orders": [order], **more}


def made(calendar: Any = None, maintenance: Any = (), minutes: Any = 100) -> dict[str, Any]:
    """Return a problem of one machine operation."""
    machine: dict[str, Any] = {"kind": "machine", "maintenance": list(maintenance)}
    machine |= {} if calendar is None else {"calendar": "day"}
    operation = {"alternatives": [{"resource": "R", "minutes": minutes}]}
    return shop(machine, operation, calendars={} if calendar is None else {"day": calendar})


def baked(cycle: int, calendar: Any, maintenance: Any = ()) -> dict[str, Any]:
    """Return a problem of one oven cycle."""
    oven = {"kind": "batch", "capacity": 4, "cycle_minutes": cycle, "calendar": "day", "maintenance": list(maintenance)}
    operation = {"alternatives": [{"resource": "R", "minutes": cycle}], "batch_key": "x", "load": 1}
    return shop(oven, operation, calendars={"day": calendar})


def reasons(raw: dict[str, Any]) -> str:
    problem, unread = read_problem(json.dumps(raw))
    plan = solve(problem, effort=50, seed=1, faults=unread)
    assert violations(problem, plan, {fault.order for fault in unread if fault.order}) == ()
    return "; ".join(reason.text for order in plan.unplanned for reason in order.reasons)


@pytest.mark.parametrize(
    ("calendar", "maintenance", "named"),
    [
        ([[0, 480], [2880, 1200], [4320, 4800]], [], "calendar day: the interval [2880, 1200] ends before it begins"),
        ([[480, 0]], [], "calendar day: the interval [480, 0]"),
        ([[0, 480], [1, 0]], [], "calendar day: the interval [1, 0]"),
        ([[0, 480], [-10, -20]], [], "calendar day: the interval [-10, -20]"),
        ([[0, 100_000], [9_000, 8_999]], [], "calendar day: the interval [9000, 8999]"),
        (None, [[300, 100]], "maintenance: the interval [300, 100]"),
        (None, [[0, 10], [20, 15]], "maintenance: the interval [20, 15]"),
        (None, [[-5, -6]], "maintenance: the interval [-5, -6]"),
        ([[0, 480]], [[470, 460]], "maintenance: the interval [470, 460]"),
        ([[10, 5]], [[7, 6]], "maintenance: the interval [7, 6]"),
        ([[10, 5]], [[7, 6]], "calendar day: the interval [10, 5]"),
    ],
)
def test_an_interval_that_ends_before_it_begins_is_named_and_never_passed_over(
    calendar: Any, maintenance: Any, named: str
) -> None:
    assert named in reasons(made(calendar, maintenance))


@pytest.mark.parametrize("calendar", [[[0, 0], [0, 480]], [[0, 480], [480, 480]], [[0, 200], [100, 300], [300, 480]]])
def test_intervals_that_touch_overlap_or_hold_no_minute_take_nothing_away(calendar: Any) -> None:
    assert reasons(made(calendar)) == ""


@pytest.mark.parametrize(
    ("cycle", "calendar", "maintenance", "longest"),
    [
        (600, [[0, 480], [1440, 1920]], [], 480),
        (481, [[0, 480]], [], 480),
        (300, [[0, 480]], [[200, 250]], 230),
        (120, [[-400, 60], [1440, 1500]], [], 60),
        (2, [[0, 1], [2, 3]], [], 1),
        (100_000, [[0, 99_999]], [], 99_999),
        (961, [[0, 480], [480, 960]], [], 960),
        (50, [[0, 49], [100, 130]], [[10, 20]], 30),
        (200, [[0, 100], [101, 201]], [], 100),
        (90, [[10, 99]], [], 89),
    ],
)
def test_a_cycle_longer_than_any_opening_says_both(cycle: int, calendar: Any, maintenance: Any, longest: int) -> None:
    text = reasons(baked(cycle, calendar, maintenance))
    assert f"a cycle of R takes {cycle} minutes, and it is never open for more than {longest}" in text
    assert "calendars end" not in text


@pytest.mark.parametrize(("cycle", "calendar"), [(480, [[0, 480]]), (960, [[0, 480], [480, 960]]), (60, [[-60, 60]])])
def test_a_cycle_that_just_fits_is_planned(cycle: int, calendar: Any) -> None:
    assert reasons(baked(cycle, calendar)) == ""


@pytest.mark.parametrize("minutes", [100_000_001, 10**9, 10**12, 2**63 - 1])
def test_a_number_beyond_all_plans_is_called_too_many_and_not_none(minutes: int) -> None:
    text = reasons(made(minutes=minutes))
    assert f"takes {minutes:,} minutes; more than 100,000,000 are not planned" in text
    assert "no minutes" not in text


@pytest.mark.parametrize("minutes", [0, -1, -(10**12)])
def test_no_minutes_are_called_so_with_the_way_out(minutes: int) -> None:
    assert f"has no minutes ({minutes}); at least 1, or leave the operation out" in reasons(made(minutes=minutes))


@pytest.mark.parametrize("minutes", [60.5, 60.0, 1e3])
def test_minutes_with_a_decimal_point_are_told_how_they_are_written(minutes: float) -> None:
    assert "whole numbers, written without a decimal point" in reasons(made(minutes=minutes))


def test_frozen_work_in_the_way_names_no_setup_where_there_is_none() -> None:
    raw = made()
    first = raw["orders"][0]
    first["operations"][0]["frozen"] = {"resource": "R", "start": 0}
    second = json.loads(json.dumps(first).replace("A", "B"))
    second["operations"][0]["frozen"]["start"] = 50
    raw["orders"].append(second)
    assert "frozen at 50 on R, but the machine is taken by A-10" in reasons(raw)


@pytest.mark.parametrize("minutes", ["60", "0", "sixty"])
def test_minutes_in_quotes_are_told_how_they_are_written(minutes: str) -> None:
    assert 'written without quotes (60, not "60")' in reasons(made(minutes=minutes))
