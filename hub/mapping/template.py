"""Places as they open: the values a segment starts with, and how many of it there may be."""

from __future__ import annotations

from typing import Any

from hub.formats.x12.guide import Use
from hub.mapping.plan import Take
from hub.mapping.source import Step
from hub.mapping.writer_run import Template


def template(step: Step | None, use: Use, width: int) -> Template:
    """Return the values a place opens with: tag, conditions, blanks up to ``width``."""
    conditions = step.conditions if step else ()
    blank: list[Any] = [""] * (max([width, *(c.element for c in conditions)]) + 1)
    blank[0] = use.segment.tag
    for condition in conditions:
        if condition.component or use.segment.elements[condition.element - 1].components:
            parts = list(blank[condition.element] or ())
            parts += [""] * ((condition.component or 1) - len(parts))
            parts[(condition.component or 1) - 1] = condition.value
            blank[condition.element] = tuple(parts)
        else:
            blank[condition.element] = condition.value
    return tuple(blank)


def fixed_steps(take: Take) -> tuple[Step, ...]:
    """Return the steps above the first that repeats: those of a list's values that are one place."""
    for index, step in enumerate(take.steps):
        if step.every:
            return take.steps[:index]
    return take.steps


def most(use: Use) -> int:
    """Return how often the guide allows the place beneath its parent; 0 is unbounded."""
    return use.loop_maximum if use.loop else use.maximum
