"""What every test may rely on: the shared material, golden files, and skips that are honest.

``--accept`` rewrites golden files instead of comparing. ``--proof`` lets tests with the marker ``proof`` try as many
inputs as it takes to promise something (``make proof``); without it they try a few of the same.

With ``HUB_TEST_REQUIRE=all`` (CI) a skipped test is a
failed one, save where the shared material itself is absent: that folder is not part of the project.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Protocol

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HUB_SHARED") or CHECKOUT.parent / "shared")
REQUIRE_ALL = os.environ.get("HUB_TEST_REQUIRE") == "all"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what came out into the golden files")
    parser.addoption("--proof", action="store_true", help="try as many inputs as `make proof` promises, and count them")


class Many(Protocol):
    """How many inputs a test tries."""

    def __call__(self, few: int, *, proof: int) -> int:
        """Return ``few``, or ``proof`` where the whole proof is asked for."""


@pytest.fixture
def many(request: pytest.FixtureRequest) -> Many:
    """How many of generated inputs a test with the marker ``proof`` tries: ``many(300, proof=10_000)``."""
    assert request.node.get_closest_marker("proof"), "mark the test with pytest.mark.proof: make proof runs only those"
    whole = bool(request.config.getoption("--proof"))
    return lambda few, *, proof: proof if whole else few


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Takes what a proof has counted, to be told at the end of the run."""
    return lambda counted: record_property("tally", counted)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what the proofs counted."""
    if not config.getoption("--proof"):
        return
    told = [
        f"{report.nodeid.rpartition('::')[2]}: {counted}"
        for report in terminalreporter.stats.get("passed", [])
        for name, counted in report.user_properties
        if name == "tally"
    ]
    if told:
        terminalreporter.section("counted")
        for line in sorted(told):
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are being rewritten rather than compared."""
    return bool(request.config.getoption("--accept"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout (``HUB_SHARED`` overrides); the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared material at {SHARED}")
    return SHARED


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where every part is required."""
    if not (REQUIRE_ALL and report.skipped) or hasattr(report, "wasxfail"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not SHARED.is_dir() and "shared" in reason:
        return
    report.outcome = "failed"
    report.longrepr = f"every part is required here (HUB_TEST_REQUIRE=all), but this was skipped: {reason}"
