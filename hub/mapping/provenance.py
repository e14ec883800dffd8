"""Where every field came from."""

from __future__ import annotations

from typing import Any

from hub.mapping.plan import Plan


class Provenance:
    """Notes of one reading, laid out only when someone looks."""

    def __init__(self, plan: Plan, trace: list[Any]) -> None:
        self._plan = plan
        self._trace = trace
