"""A place one reading function reads from: its variables, and what is read there."""

from __future__ import annotations

from hub.mapping.paths import PathStep
from hub.mapping.plan import Anchor, Take

Selector = tuple[Anchor, tuple[PathStep, ...]]
"""What makes two paths the same place: where they start, and the way down."""

WIDTH_MIN = 2  # tag and one element


class Site:
    """A place one variant reads from: its variables in the generated function."""

    def __init__(self, take: Take, node: str, values_name: str, groups: str) -> None:
        self.take = take
        self.node = node
        self.values = values_name
        self.groups = groups
        self.mask = 0
        self.width = WIDTH_MIN
        self.parts: dict[int, set[int]] = {}
        self.qualifiers: list[str] = []
        self.lazy = True

    @property
    def nothing(self) -> str:
        """The Python that says of its variables that there is no such place."""
        return f"{self.values} = NONE" + (f"; {self.groups} = {{}}" if self.qualifiers else "")
