"""What is planted is one edit that parses, stands where behaviour is, and the lines a test runs are written down."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hub.flow import portions
from tests.house import CHECKOUT
from tests.mutation.__main__ import BESIDE, TRIED_SECONDS, noticing
from tests.mutation.explained import EXPLAINED
from tests.mutation.forked import FLOW, Asked, planted
from tests.mutation.lines import seen
from tests.mutation.mutants import Mutant, mutants_of

PORTIONS = "hub/flow/portions.py"
SOURCE = '''
"""A docstring of 3 words."""
BOUND = 256

def judged(count: int, kind: str = "order") -> bool:
    """Return 7."""
    log.info("judged", count=count)
    if count >= 3 and kind != "change":
        forget(count)
        return True
    return False
'''


def edits() -> set[tuple[str, str]]:
    source = SOURCE.encode()
    return {(source[each.start : each.end].decode(), each.put) for each in mutants_of("hub/x.py", source)}


@pytest.mark.parametrize(
    ("was", "put"),
    [
        (">=", ">"),
        ("and", "or"),
        ("!=", "=="),
        ("3", "4"),
        ('"order"', "'orderx'"),
        ('"change"', "'changex'"),
        ("forget(count)", "pass"),
        ("True", "None"),
        ("True", "False"),
        ('count >= 3 and kind != "change"', 'not (count >= 3 and kind != "change")'),
    ],
)
def test_a_slip_of_each_kind_is_planted(was: str, put: str) -> None:
    assert (was, put) in edits()


def test_nothing_is_planted_where_no_behaviour_hangs_on_it() -> None:
    planted = {was for was, _ in edits()}
    assert not planted & {"256", '"""Return 7."""', '"judged"', 'log.info("judged", count=count)'}


def test_an_edit_says_where_it_is_and_what_it_changes() -> None:
    source = SOURCE.encode()
    [left_out] = [each for each in mutants_of("hub/x.py", source) if each.put == "pass"]
    assert (left_out.line, left_out.within, left_out.kind) == (9, "judged", "left out")
    assert "-        forget(count)\n+        pass\n" in left_out.diff(source)
    assert left_out.name(source) == "hub/x.py:judged: forget(count) → pass"


def test_what_runs_in_a_process_beside_is_tried_by_the_tests_that_start_it() -> None:
    for file, beside in BESIDE.items():
        assert (CHECKOUT / file).is_file()
        tests = {f"{name}::test_it": {"seconds": 1, "lines": {}} for name in (beside, FLOW)}
        mutant = Mutant(file, 9, "confined", "returns nothing", 0, 1, "None", range(1, 20))
        assert noticing(mutant, tests) == [f"{beside}::test_it"]


def test_however_long_they_take_one_test_of_each_function_is_tried() -> None:
    seconds = {"often[1]": 0.5, "often[2]": 2.0 * TRIED_SECONDS, "long": 3.0 * TRIED_SECONDS, "often[3]": 0.6}
    tests = {f"test_a.py::test_{name}": {"seconds": each, "lines": {"hub/x.py": [9]}} for name, each in seconds.items()}
    tried = noticing(Mutant("hub/x.py", 9, "judged", "constant", 0, 1, "2", range(5, 12)), tests)
    assert tried == [f"test_a.py::test_{name}" for name in ("often[1]", "often[3]", "long")]


def test_what_is_explained_is_a_mutant_that_there_is() -> None:
    files = {name.partition(":")[0] for name in EXPLAINED}
    sources = {file: (CHECKOUT / file).read_bytes() for file in files}
    there = {each.name(source) for file, source in sources.items() for each in mutants_of(file, source)}
    assert EXPLAINED.keys() - there == set()


def test_one_test_of_each_function_is_tried_first_and_of_those_the_quickest() -> None:
    tests = {
        "test_a.py::test_slow": {"seconds": 0.9, "lines": {"hub/x.py": [9]}},
        "test_a.py::test_often[1]": {"seconds": 0.1, "lines": {"hub/x.py": [9]}},
        "test_a.py::test_often[2]": {"seconds": 0.2, "lines": {"hub/x.py": [8, 9]}},
        "test_a.py::test_elsewhere": {"seconds": 0, "lines": {"hub/x.py": [4]}},
        "test_a.py::test_other": {"seconds": 0, "lines": {}},
    }

    def tried(line: int, function: range) -> list[str]:
        mutant = Mutant("hub/x.py", line, "judged", "constant", 0, 1, "2", function)
        return [name.partition("test_a.py::test_")[2] for name in noticing(mutant, tests)]

    assert tried(9, range(5, 12)) == ["often[1]", "often[2]", "slow"], "in turn with who runs what is seldom run"
    assert tried(5, range(5, 9)) == ["often[2]"], "the default of a parameter is of its function"
    assert tried(2, range(0)) == ["elsewhere", "often[1]", "slow", "often[2]", "other"], (
        "a field is of its file, and used by any"
    )


@pytest.mark.parametrize(
    ("within", "was", "put"),
    [
        ("weight_of", "weights.DOCUMENT.bytes +", "weights.DOCUMENT.bytes -"),
        ("portions", "weight += own", "pass"),
        ("stored_amount", "weights.ENVELOPE.times(envelopes)", "None"),
    ],
)
def test_a_fork_runs_the_mutant_in_the_place_of_our_function(within: str, was: str, put: str) -> None:
    ours = getattr(portions, within)
    before, source = ours.__code__, Path(portions.__file__).read_text()
    assert was in source
    try:
        assert planted(Asked(number=1, file=PORTIONS, within=within, text=source.replace(was, put), tests=[]))
        assert ours.__code__ != before
    finally:
        ours.__code__ = before


def test_what_runs_as_a_module_is_imported_is_left_to_a_pytest_of_its_own() -> None:
    source = Path(portions.__file__).read_text()
    text = source.replace("DOCUMENTS_PER_PORTION = 50", "DOCUMENTS_PER_PORTION = 51")
    assert text != source
    for within in ("", "weight_of"):
        assert not planted(Asked(number=1, file=PORTIONS, within=within, text=text, tests=[]))


def test_the_lines_that_a_test_runs_are_written_down_whatever_thread_runs_them(tmp_path: Path) -> None:
    (tmp_path / "looked_at.py").write_text("def one():\n    return 1\n\n\ndef two():\n    return 2\n")
    (tmp_path / "test_it.py").write_text(
        "import threading\nfrom looked_at import one, two\n\n\n"
        "def test_here():\n    assert one() == 1\n\n\n"
        "def test_there():\n    work = threading.Thread(target=two)\n    work.start()\n    work.join()\n"
    )
    more = {
        "MUTANTS_FILES": str(tmp_path / "looked_at.py"),
        "MUTANTS_LINES": str(tmp_path / "lines.json"),
        "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{tmp_path}",
    }
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutation.lines", "-p", "no:cacheprovider", "."]
    ended = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **more}, capture_output=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stdout
    lines = {name.partition("::")[2]: each["lines"] for name, each in seen(tmp_path / "lines.json").items()}
    assert lines == {
        "test_here": {"looked_at.py": [2]},
        "test_there": {"looked_at.py": [6]},
    }
