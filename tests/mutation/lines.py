"""Which tests run which lines of the corridor: a plugin of pytest that writes it down (``-p tests.mutation.lines``).

``MUTANTS_FILES`` names the files that are looked at, ``MUTANTS_LINES`` where the answer goes: for each test how
long processors worked for it, and of each file the lines that it ran, on whichever thread. What a process beside runs
is not seen. Each process of xdist writes a share of its own, named after it; ``seen`` reads them all.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


def seen(where: Path) -> dict[str, Any]:
    """Return what all shares say, by test."""
    tests: dict[str, Any] = {}
    for share in sorted(where.parent.glob(f"{where.name}*")):
        tests |= json.loads(share.read_text(encoding="utf-8"))
    return tests


def _worked() -> float:
    """Return the seconds that processors have worked for us and our children: however busy the machine is with others.

    A child's count once it has ended.
    """
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


class Looking:
    """Looks at one test after another, its fixtures with it."""

    def __init__(self, files: list[str], where: Path) -> None:
        # loaded by name: nobody but who plants faults needs it
        self._coverage = importlib.import_module("coverage").Coverage(
            data_file=None, config_file=False, include=files, concurrency="thread"
        )
        self._where = where
        self._seconds: dict[str, float] = {}
        self._failing: set[str] = set()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Look at one test."""
        began = _worked()
        self._coverage.start()
        self._coverage.switch_context(item.nodeid)
        yield
        self._coverage.stop()
        self._seconds[item.nodeid] = _worked() - began

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that fails without any mutant: it says nothing about one."""
        if report.failed:
            self._failing.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        """Write down what was seen."""
        tests: dict[str, Any] = {
            name: {"seconds": seconds, "lines": {}}
            for name, seconds in self._seconds.items()
            if name not in self._failing
        }
        data, here = self._coverage.get_data(), Path.cwd()
        for file in data.measured_files():
            name = Path(file).relative_to(here).as_posix()
            for line, contexts in data.contexts_by_lineno(file).items():
                for test in contexts:
                    if test in tests:
                        tests[test]["lines"].setdefault(name, []).append(line)
        self._where.write_text(json.dumps(tests), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Look, where tests run: who only hands them out to others has none to look at."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker or not config.getoption("numprocesses", None):
        where = Path(os.environ["MUTANTS_LINES"])
        looking = Looking(os.environ["MUTANTS_FILES"].split(os.pathsep), where.with_name(where.name + worker))
        config.pluginmanager.register(looking)
