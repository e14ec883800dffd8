"""Which tests run which lines of the corridor: a plugin of pytest that writes it down (``-p tests.mutation.lines``).

``HUB_MUTANTS_FILES`` names the files that are looked at, ``HUB_MUTANTS_LINES`` where the answer goes: for each test how
long it took, and of each file the lines that it ran, on whichever thread. What a process beside runs is not seen.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

_FILES = frozenset(os.environ["HUB_MUTANTS_FILES"].split(os.pathsep))
_HERE = Path.cwd()
_run: dict[str, set[int]] = defaultdict(set)  # by file, of the test that runs now
_tests: dict[str, dict[str, Any]] = {}
_failing: set[str] = set()


def _trace(frame: FrameType, event: str, argument: object) -> Any:
    return _lines if frame.f_code.co_filename in _FILES else None


def _lines(frame: FrameType, event: str, argument: object) -> Any:
    _run[frame.f_code.co_filename].add(frame.f_lineno)
    return _lines


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Look at one test, its fixtures with it."""
    _run.clear()
    began = time.monotonic()
    threading.settrace(_trace)
    sys.settrace(_trace)
    yield
    sys.settrace(None)
    lines = {Path(file).relative_to(_HERE).as_posix(): sorted(found) for file, found in _run.copy().items()}
    _tests[item.nodeid] = {"seconds": time.monotonic() - began, "lines": lines}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test that fails without any mutant: it says nothing about one."""
    if report.failed:
        _failing.add(report.nodeid)


def pytest_sessionfinish() -> None:
    """Write down what was seen."""
    passed = {name: each for name, each in _tests.items() if name not in _failing}
    Path(os.environ["HUB_MUTANTS_LINES"]).write_text(json.dumps(passed), encoding="utf-8")
