"""A bound way down, as the functions that run take it."""

from __future__ import annotations

from hub.mapping.paths import PathStep
from hub.mapping.reader_run import Conditions, Steps


def run_steps(steps: tuple[PathStep, ...]) -> Steps:
    """Return ``steps`` as ``reader_run`` takes them: tag, conditions, optional, and a key for the place."""
    made: list[tuple[str, Conditions, bool, str]] = []
    key = ""
    for step in steps:
        key += "/" + str(step)
        conditions = tuple((c.part, c.component or 0, c.value) for c in step.conditions)
        made.append((step.tag, conditions, step.optional, key))
    return tuple(made)
