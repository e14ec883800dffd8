"""`hub plan` as it is met by somebody who mistypes; and the two commands for those who measure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hub.cli.plan import plan
from tests.planning.cli.conftest import Hub


@pytest.mark.parametrize("command", plan.commands)
def test_every_command_says_what_it_takes(hub: Hub, command: str) -> None:
    told = hub(command, "--help")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"Usage: hub plan {command}")
    for parameter in plan.commands[command].params:
        for name in parameter.opts:
            assert not name.startswith("--") or name in told.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("solv",), "Did you mean 'solve'?"),
        (("solve", "problem.json"), "Missing option '-o'"),
        (("solve", "-o", "x"), "Missing argument 'PROBLEM.json'"),
        (("solve", "problem.json", "-o", "x", "--efort", "5"), "Did you mean '--effort'?"),
        (("solve", "problem.json", "-o", "x", "--effort", "five"), "--effort"),
        (("solve", "problem.json", "-o", "x", "--effort", "-1"), "--effort"),
        (("solve", "problem.json", "-o", "x", "--seconds", "-1"), "--seconds"),
        (("solve", "problem.json", "-o", "x", "--seconds", "nan"), "nan is no number of seconds"),
        (("solve", "problem.json", "-o", "x", "--seconds", "inf"), "--seconds"),
        (("solve", "problem.json", "-o", "x", "--seed", "-1"), "--seed"),
        (("solve", "problem.json", "-o", "x", "--apart", "--memory-mb", "64"), "--memory-mb"),
        (("check", "problem.json"), "Missing argument 'PLAN.json'"),
        (("show", "problem.json"), "Missing option '-o'"),
        (("whatif", "problem.json", "problem.json"), "Missing argument 'CHANGES.json'"),
        (("bench", "--size", "huge"), "'huge' is not one of 'small', 'medium', 'large'"),
        (("bench", "--seconds", "-3"), "--seconds"),
        (("bench", "--seconds", "nan"), "nan is no number of seconds"),
        (("bench", "--effort", "-3"), "--effort"),
        (("bench", "--only-public"), "--public DIRECTORY"),
    ],
)
def test_a_mistyped_command_is_refused_with_a_hint(
    hub: Hub, problem: Path, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    told = hub(*arguments)
    assert (told.code, told.out) == (2, "")
    assert words in told.err
    assert [file.name for file in tmp_path.iterdir()] == [problem.name]


def test_a_bench_in_miniature_measures_ours_beside_three_rules(hub: Hub) -> None:
    told = hub("bench", "--size", "small", "--seed", 1, "--effort", 100)
    assert (told.code, told.err) == (0, "small 1 measured\n")
    rules = ["first-fit-by-due", "tuned-atcs", "squeaky-wheel", "planning"]
    assert [line.split()[2] for line in told.out.splitlines()[1:]] == rules * 2
    rows = json.loads(hub("bench", "--size", "small", "--seed", 1, "--effort", 100, "--json").out)["rows"]
    assert [row["rule"] for row in rows] == rules


def test_a_bench_of_public_instances_compares_with_what_is_known(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "jobshop").mkdir()
    (tmp_path / "jobshop" / "tiny.txt").write_text("2 2\n0 3 1 2\n1 4 0 1\n")
    (tmp_path / "best-known.json").write_text('{"jobshop/tiny": [6, 6], "jobshop/gone": [1, 1]}')
    told = hub("bench", "--only-public", "--public", ".", "--effort", 50)
    assert told.code == 0
    assert "jobshop/gone: no file" in told.err
    assert told.out.splitlines()[1].split()[:4] == ["jobshop/tiny", "6", "6..6", "0.00"]


def test_a_folder_without_public_instances_is_named(hub: Hub, tmp_path: Path) -> None:
    told = hub("bench", "--only-public", "--public", tmp_path)
    assert told.code == 2
    assert f"{tmp_path}: has no best-known.json; remedy: " in told.err


def test_warming_tells_how_long_it_took(hub: Hub) -> None:
    told = hub("warm")
    assert told.code == 0
    assert told.out.startswith("compiled in")
    assert json.loads(hub("warm", "--json").out)["seconds"] >= 0
