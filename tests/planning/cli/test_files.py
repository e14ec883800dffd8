"""What every `hub plan` command makes of a file that is missing, broken, another kind, or cannot be written."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.planning.cli.conftest import Hub, Saved, left_behind, two_orders

WRONG: dict[str, tuple[Any, str]] = {
    "empty": ("", "bad.json:1: "),
    "no JSON": ('{"format": "planning-problem/1",\n "orders": [oops]}', "bad.json:2: "),
    "cut off": ('{"format": "planning-problem/1",\n\n', "bad.json:3: "),
    "a list": ([], "Expected `object`, got `array`"),
    "nested without end": ("[" * 100_000, "bad.json"),
}
WRONG_PROBLEM: dict[str, tuple[Any, str]] = WRONG | {
    "another version": (two_orders() | {"format": "planning-problem/2"}, "its format is planning-problem/2"),
    "no resources": ({"format": "planning-problem/1", "orders": []}, "`resources`"),
    "a kind nobody knows": (two_orders() | {"resources": [{"id": "press", "kind": "robot"}]}, "$.resources[0].kind"),
    "a field misspelt": (two_orders() | {"order": []}, "`order`"),
    "text for a number": (two_orders() | {"calendars": {"day": [[0, "noon"]]}}, "$.calendars[...][0][1]"),
    "a wrong aim": (two_orders() | {"objective": "profit"}, "$.objective"),
}


@pytest.mark.parametrize("case", WRONG_PROBLEM)
@pytest.mark.parametrize("command", ["solve", "check"])
def test_what_is_no_problem_is_refused_with_its_place_and_a_remedy(
    hub: Hub, saved: Saved, tmp_path: Path, command: str, case: str
) -> None:
    content, place = WRONG_PROBLEM[case]
    bad = saved("bad.json", content)
    told = hub("solve", bad, "-o", "plan.json") if command == "solve" else hub("check", bad, saved("plan.json", "{}"))
    assert told.code == 2
    assert told.err.startswith(f"hub: {bad}")
    assert place in told.err
    assert "no planning problem" in told.err
    assert "remedy: docs/planning.md" in told.err
    assert command == "check" or not (tmp_path / "plan.json").exists()


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("command", ["check", "show", "whatif"])
def test_what_is_no_plan_is_refused_with_its_place_and_a_remedy(
    hub: Hub, saved: Saved, problem: Path, command: str, case: str
) -> None:
    content, place = WRONG[case]
    bad = saved("bad.json", content)
    arguments = {"check": (problem, bad), "show": (bad, "-o", "x.html"), "whatif": (problem, bad, problem)}
    told = hub(command, *arguments[command])
    assert told.code == 2
    assert place in told.err
    assert "no plan: " in told.err
    assert "remedy: make a plan with: hub plan solve" in told.err


def test_a_problem_in_the_place_of_a_plan_is_called_what_it_is(hub: Hub, problem: Path, planned: Path) -> None:
    assert "its format is planning-problem/1, and here planning-plan/1 is wanted" in hub("check", problem, problem).err
    assert "its format is planning-plan/1" in hub("check", planned, problem).err


def test_a_machine_gets_the_fault_in_parts(hub: Hub, saved: Saved) -> None:
    bad = saved("bad.json", '{\n"format": }')
    told = hub("solve", bad, "-o", "plan.json", "--json")
    error = json.loads(told.out)["error"]
    assert (told.code, error["kind"], error["file"], error["line"]) == (2, "Misconfigured", str(bad), 2)
    assert error["remedy"]


def test_bytes_that_are_no_text_are_refused(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "bytes.json").write_bytes(b'{"format": "\xff\xfe"}')
    told = hub("solve", "bytes.json", "-o", "plan.json")
    assert told.code == 2
    assert "not UTF-8" in told.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "nowhere.json", "-o", "x"),
        ("check", "nowhere.json", "plan.json"),
        ("check", "problem.json", "nowhere.json"),
        ("show", "nowhere.json", "-o", "x"),
        ("show", "plan.json", "--problem", "nowhere.json", "-o", "x"),
        ("whatif", "problem.json", "plan.json", "nowhere.json"),
        ("bench", "--public", "nowhere.json"),
    ],
)
def test_a_file_that_is_missing_is_named(hub: Hub, planned: Path, arguments: tuple[str, ...]) -> None:
    told = hub(*arguments)
    assert told.code == 2
    assert "nowhere.json' does not exist" in told.err


def test_an_output_nobody_can_write_is_refused_before_any_work(
    hub: Hub, problem: Path, planned: Path, saved: Saved, tmp_path: Path
) -> None:
    change = saved("change.json", [{"change": "order-moved", "order": "A", "due": 50}])
    for arguments in (
        ("solve", problem, "-o", "nowhere/x", "--seconds", 3600),
        ("show", planned, "-o", "nowhere/x"),
        ("whatif", problem, planned, change, "-o", "nowhere/x", "--effort", 10**12),
        ("whatif", problem, planned, change, "--problem-output", "nowhere/x", "--effort", 10**12),
    ):
        told = hub(*arguments)
        assert told.code == 2
        assert f"nowhere/x: cannot be written: there is no folder {tmp_path / 'nowhere'}; remedy: " in told.err


def test_a_folder_is_no_output(hub: Hub, problem: Path, tmp_path: Path) -> None:
    told = hub("solve", problem, "-o", tmp_path)
    assert told.code == 2
    assert "is a directory" in told.err


def test_a_file_the_command_reads_is_not_overwritten(hub: Hub, problem: Path, planned: Path, saved: Saved) -> None:
    change = saved("change.json", [])
    for arguments in (
        ("solve", problem, "-o", "problem.json"),
        ("show", planned, "-o", "./plan.json"),
        ("whatif", problem, planned, change, "-o", planned),
        ("whatif", problem, planned, change, "-o", "new.json", "--problem-output", "new.json"),
    ):
        told = hub(*arguments)
        assert told.code == 2
        assert "would be overwritten" in told.err
    assert json.loads(problem.read_text()) == two_orders()


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """Let no file grow beyond ``size`` bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_leaves_the_old_file_as_it_was(hub: Hub, planned: Path, tmp_path: Path) -> None:
    page = tmp_path / "plan.html"
    page.write_text("the page of yesterday")
    with disk_of(1000):
        told = hub("show", planned, "-o", page)
    assert told.code == 2
    assert "plan.html: cannot be written: File too large; remedy: " in told.err
    assert page.read_text() == "the page of yesterday"
    assert left_behind(tmp_path) == []


def test_a_plan_replaces_the_one_before_and_a_link_stays_a_link(hub: Hub, problem: Path, tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_text("old")
    (tmp_path / "latest.json").symlink_to("kept.json")
    assert hub("solve", problem, "-o", "latest.json", "--effort", 50).code == 0
    assert (tmp_path / "latest.json").is_symlink()
    assert json.loads((tmp_path / "kept.json").read_text())["format"] == "planning-plan/1"
    assert left_behind(tmp_path) == []


def test_a_plan_goes_into_a_pipe_too(hub: Hub, problem: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert hub("solve", problem, "-o", pipe, "--effort", 50).code == 0
        assert json.loads(os.read(reading, 1 << 16))["format"] == "planning-plan/1"
    finally:
        os.close(reading)
    assert pipe.is_fifo()
