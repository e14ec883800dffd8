"""Places as they open: the values a segment starts with, and how many of it there may be."""

from __future__ import annotations

from typing import Any

from hub.formats.schema import Place
from hub.mapping.paths import PathStep
from hub.mapping.plan import Take
from hub.mapping.writer_run import Template


def template(step: PathStep | None, place: Place, width: int) -> Template:
    """Return the values a place opens with: tag, conditions, blanks up to ``width``."""
    conditions = [c for c in step.conditions if c.value is not None] if step else []
    blank: list[Any] = [""] * (max([width, *(c.part for c in conditions)]) + 1)
    blank[0] = place.record.tag
    for condition in conditions:
        if condition.component or place.record.parts[condition.part - 1].parts:
            parts = list(blank[condition.part] or ())
            parts += [""] * ((condition.component or 1) - len(parts))
            parts[(condition.component or 1) - 1] = condition.value
            blank[condition.part] = tuple(parts)
        else:
            blank[condition.part] = condition.value
    return tuple(blank)


def fixed_steps(take: Take) -> tuple[PathStep, ...]:
    """Return the steps above the first that repeats: those of a list's values that are one place."""
    for index, step in enumerate(take.steps):
        if step.every:
            return take.steps[:index]
    return take.steps


def most(place: Place) -> int:
    """Return how often the guide allows the place beneath its parent; 0 is unbounded."""
    return place.maximum
