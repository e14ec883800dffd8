"""A hub at work for every test; one with a configuration of the test's own for those that ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork
from tests.stored import FrozenClock


@pytest.fixture
def hub(tmp_path: Path, clock: FrozenClock, sqlite_template: Path) -> Iterator[AtWork]:
    at_work = AtWork(tmp_path / "data", clock, sqlite_template)
    yield at_work
    at_work.close()


@pytest.fixture
def hub_with(tmp_path: Path, clock: FrozenClock, sqlite_template: Path) -> Iterator[Callable[[Path], AtWork]]:
    """Opens a hub over a folder of configuration that wins over ours."""
    opened: list[AtWork] = []

    def open_over(overlay: Path) -> AtWork:
        at_work = AtWork(tmp_path / f"data-{len(opened)}", clock, sqlite_template, overlay)
        opened.append(at_work)
        return at_work

    yield open_over
    for at_work in opened:
        at_work.close()
