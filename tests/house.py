"""What every test may rely on: the shared material, golden files, and skips that are honest.

``--accept`` rewrites golden files instead of comparing. With ``HUB_TEST_REQUIRE=all`` (CI) a skipped test is a
failed one, save where the shared material itself is absent: that folder is not part of the project.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("HUB_SHARED") or CHECKOUT.parent / "shared")
REQUIRE_ALL = os.environ.get("HUB_TEST_REQUIRE") == "all"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what came out into the golden files")


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
