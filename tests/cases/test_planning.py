"""Planning problems from the field, solved from the shell: each is planned, or told why not, as is right."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hub.cli.main import run

PROBLEMS = Path(__file__).parent / "planning"
PATHS = {path.stem.partition("-")[0]: path for path in sorted(PROBLEMS.glob("*.json"))}


@dataclass(frozen=True)
class Solved:
    """What ``hub plan solve`` said of a problem, and its plan."""

    code: int
    said: str
    plan: dict[str, Any]

    @property
    def times(self) -> dict[str, tuple[int, int]]:
        return {each["operation"]: (each["start"], each["end"]) for each in self.plan["assignments"]}

    @property
    def unplanned(self) -> dict[str, str]:
        return {
            each["order"]: "; ".join(reason["text"] for reason in each["reasons"]) for each in self.plan["unplanned"]
        }


def solve(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Solved:
    """Solve the problem ``name`` and let the plan be checked."""
    plan = folder / "plan.json"
    code = run(["plan", "solve", str(PATHS[name]), "-o", str(plan), "--effort", "400"])
    said = capsys.readouterr().err
    assert run(["plan", "check", str(PATHS[name]), str(plan)]) == 0, capsys.readouterr().err
    capsys.readouterr()
    return Solved(code, said, json.loads(plan.read_text()))


NOT_PLANNED = {  # by file: the orders that cannot be made, and what the reason says
    "P01": {"J0": "no minutes (0)", "J1": "leave the operation out", "J2": "no minutes (0)"},
    "P02": {"J1": "load 5 is over the capacity 4", "J3": "a load of at least 1"},
    "P04": {"J2": "takes 600 minutes, and it is never open for more than 480"},
    "P05": {"J2": "frozen at 50 on press, but the machine is taken by J1-1"},
    "P13": {
        "J1": "-5",
        "J2": "resource b is not defined",
        "J3": "has no operations",
        "J5": "1,000,000,000,000 minutes; more than",
        "J6": "listed 2 times",
    },
    "P14": {"J1": "without a decimal point", "J2": "written without quotes", "J3": "without a decimal point"},
    "P23": {"J1": "calendar c: the interval [2880, 1200]", "J2": "maintenance: the interval [300, 100]"},
}


@pytest.mark.parametrize("name", sorted(NOT_PLANNED))
def test_what_cannot_be_planned_is_named_with_its_true_cause(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solved = solve(name, tmp_path, capsys)
    assert solved.code == 1
    assert sorted(solved.unplanned) == sorted(NOT_PLANNED[name])
    for order, words in NOT_PLANNED[name].items():
        assert words in solved.unplanned[order]
        assert f"unplanned {order}: " in solved.said
    assert "of setup" not in solved.unplanned.get("J2", "")


@pytest.mark.parametrize("name", ["P03", "P06", "P08", "P10", "P15", "P19", "P20"])
def test_of_what_contradicts_itself_the_part_is_named(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    solved = solve(name, tmp_path, capsys)
    assert solved.code == 1
    assert solved.unplanned
    assert all(text for text in solved.unplanned.values())


@pytest.mark.parametrize("name", ["P07", "P09", "P11", "P16", "P17", "P18", "P22"])
def test_what_can_be_planned_is_planned_whole(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    solved = solve(name, tmp_path, capsys)
    assert (solved.code, solved.unplanned) == (0, {})


@pytest.mark.parametrize(("name", "running", "at"), [("P07", "J2-1", (-120, 180)), ("P22", "J1-2", None)])
def test_work_under_way_keeps_its_place(
    name: str, running: str, at: tuple[int, int] | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    problem = json.loads(PATHS[name].read_text())
    times = solve(name, tmp_path, capsys).times
    frozen = {
        operation["id"]: operation["frozen"]
        for order in problem["orders"]
        for operation in order["operations"]
        if "frozen" in operation
    }
    assert {operation: times[operation][0] for operation in frozen} == {
        operation: each["start"] for operation, each in frozen.items()
    }
    if at is not None:
        assert times[running] == at
        assert times["J2-2"][0] >= at[1]


def test_an_operation_pauses_between_shifts_and_a_release_in_closed_time_waits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert solve("P04", tmp_path, capsys).times["J1-1"] == (480, 3840)


def test_every_problem_has_its_row() -> None:
    rows = {*NOT_PLANNED, "P03", "P06", "P08", "P10", "P15", "P19", "P20"}
    rows |= {"P07", "P09", "P11", "P16", "P17", "P18", "P22"}
    assert rows == set(PATHS)
