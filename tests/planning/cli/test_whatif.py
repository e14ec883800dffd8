"""`hub plan whatif`: a plan after changes, and the dates that can be promised."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.planning.cli.conftest import Hub, Saved, order, two_orders

EARLIER = [{"change": "order-moved", "order": "B", "due": 10}]
DOWN = [{"change": "resource-down", "resource": "press", "start": 0, "end": 60}]


@pytest.mark.parametrize("change", [EARLIER, DOWN, [], EARLIER + DOWN])
def test_the_new_plan_is_sound_for_the_changed_problem(
    hub: Hub, problem: Path, planned: Path, saved: Saved, change: Any
) -> None:
    files = ("-o", "new.json", "--problem-output", "changed.json")
    told = hub("whatif", problem, planned, saved("change.json", change), *files, "--effort", 20)
    assert told.code == 0
    assert "newly late" in told.out
    assert hub("check", "changed.json", "new.json").code == 0


def test_who_is_better_and_worse_off_is_told_to_people_and_programs(
    hub: Hub, problem: Path, planned: Path, saved: Saved
) -> None:
    change = saved("change.json", DOWN)
    assert "worse                      1 order, 0 newly late" in hub("whatif", problem, planned, change).out
    said = json.loads(hub("whatif", problem, planned, change, "--json").out)
    assert [each["order"] for each in said["comparison"]["worse"]] == ["A"]
    assert said["unplanned"] == []


def test_nothing_is_written_unless_asked_for(
    hub: Hub, problem: Path, planned: Path, saved: Saved, tmp_path: Path
) -> None:
    change = saved("change.json", EARLIER)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    assert hub("whatif", problem, planned, change, "--effort", 20).code == 0
    assert hub("whatif", problem, planned, change, "--promise").code == 0
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_promises_name_a_minute_and_who_suffers(hub: Hub, problem: Path, planned: Path, saved: Saved) -> None:
    change = saved("change.json", EARLIER)
    told = hub("whatif", problem, planned, change, "--promise")
    assert told.code == 0
    assert "zero-impact: done at 20, 10 min late; 0 orders worse off" in told.out
    assert "overtime: done at 10, 0 min late; 0 orders worse off" in told.out
    said = json.loads(hub("whatif", problem, planned, change, "--promise", "--json").out)
    assert [option["kind"] for option in said["options"]] == ["zero-impact", "requested", "negotiated", "overtime"]
    assert said["options"][-1]["changes"][0]["change"] == "extra-machine"


@pytest.mark.parametrize("machine", [(), ("--json",)])
def test_an_order_that_can_never_be_made_is_a_no(
    hub: Hub, problem: Path, planned: Path, saved: Saved, machine: tuple[str, ...]
) -> None:
    impossible = order("C", 50)
    impossible["operations"][0]["alternatives"][0]["resource"] = "pres"
    change = saved("change.json", [{"change": "order-added", "order": impossible}])
    told = hub("whatif", problem, planned, change, "--promise", *machine)
    assert told.code == 1
    assert "resource pres is not defined" in told.out + told.err
    told = hub("whatif", problem, planned, change, "--effort", 20, *machine)
    assert told.code == 1
    assert "resource pres is not defined" in told.out + told.err


def test_an_order_that_could_not_be_read_stays_unplanned_and_named(hub: Hub, saved: Saved, tmp_path: Path) -> None:
    problem = saved("problem.json", two_orders() | {"orders": [order("A", 5) | {"due": "soon"}, order("B", 100)]})
    assert hub("solve", problem, "-o", "plan.json", "--effort", 20).code == 1
    told = hub("whatif", problem, "plan.json", saved("change.json", EARLIER), "-o", "new.json", "--effort", 20)
    assert told.code == 1
    assert "unplanned A: order A cannot be read" in told.err
    assert [each["order"] for each in json.loads((tmp_path / "new.json").read_text())["unplanned"]] == ["A"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("[{", "no JSON"),
        ({}, "Expected `array`"),
        ([{"change": "order-movd", "order": "B", "due": 10}], "'order-movd' - at `$[0].change`"),
        ([{"change": "order-moved", "order": "B"}], "`due` - at `$[0]`"),
        ([{"change": "order-moved", "order": "B", "due": "soon"}], "`$[0].due`"),
        ([{"change": "order-moved", "order": "B", "due": 1, "to": 2}], "`to` - at `$[0]`"),
    ],
)
def test_what_is_no_change_is_refused_with_its_file_place_and_the_changes_there_are(
    hub: Hub, problem: Path, planned: Path, saved: Saved, change: Any, words: str
) -> None:
    for promise in ((), ("--promise",)):
        told = hub("whatif", problem, planned, saved("change.json", change), *promise)
        assert told.code == 2
        assert "change.json" in told.err
        assert words in told.err
        assert "remedy: changes are order-moved, order-resized, " in told.err


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"change": "order-moved", "order": "Z", "due": 10}, "order Z"),
        ({"change": "order-cancelled", "order": "Z"}, "order Z"),
        ({"change": "resource-down", "resource": "lathe", "start": 0, "end": 9}, "lathe"),
        ({"change": "operation-failed", "operation": "Z-10"}, "Z-10"),
        ({"change": "material-late", "item": "resin", "owner": "own", "due": 5, "arrives": 9}, "resin"),
    ],
)
def test_a_change_of_something_that_is_not_there_names_it(
    hub: Hub, problem: Path, planned: Path, saved: Saved, change: Any, words: str
) -> None:
    told = hub("whatif", problem, planned, saved("change.json", [change]))
    assert told.code == 2
    assert "change.json: " in told.err
    assert words in told.err
    assert "remedy: see what " in told.err


def test_a_promise_is_for_one_change_and_writes_nothing(hub: Hub, problem: Path, planned: Path, saved: Saved) -> None:
    told = hub("whatif", problem, planned, saved("change.json", EARLIER + DOWN), "--promise")
    assert told.code == 2
    assert "--promise answers one change at a time" in told.err
    told = hub("whatif", problem, planned, saved("change.json", EARLIER), "--promise", "-o", "new.json")
    assert told.code == 2
    assert "leave out -o" in told.err
