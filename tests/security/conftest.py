"""A hub at work for attacks too."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from hub.security import passwords
from tests.flow.conftest import hub, hub_with
from tests.security.served import PATIENCE_SECONDS

__all__ = ["hub", "hub_with", "slow_hashes"]


@pytest.fixture
def slow_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Hashes that end when told to."""
    go_on, verify = threading.Event(), passwords.verify

    def verified(stored: str | None, password: str) -> bool:
        go_on.wait(PATIENCE_SECONDS)
        return verify(stored, password)

    monkeypatch.setattr(passwords, "verify", verified)
    yield go_on
    go_on.set()
