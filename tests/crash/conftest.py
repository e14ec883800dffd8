"""One nursery for all crash tests, and one data directory with a partner's key that each of them copies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.harness import PARTNER
from tests.crash.nursery import Nursery


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as nursery:
        yield nursery


@pytest.fixture(scope="session")
def template(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``data``, where the partner has a key, and ``key``, which is that key."""
    folder = tmp_path_factory.mktemp("template")
    nursery.run(["db", "upgrade", "--data", str(folder / "data")], log=folder / "upgrade.log")
    said = nursery.run(["partner", "key", PARTNER, "--data", str(folder / "data")], log=folder / "key.log")
    [key] = [word for word in said.split() if word.startswith("hub_")]
    (folder / "key").write_text(key)
    return folder
