"""Python source, written line by line, and the values it refers to by name.

Text that comes from a map never stands in the source: it is either a value in ``names`` or a ``repr``. The one thing a
map may name is a field of a document, and that goes through ``attribute``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hub.kernel.generated import name_of


class Code:
    """A source under construction."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self._depth = 0
        self._fresh = 0
        self._constants: dict[Any, str] = {}

    def add(self, line: str) -> None:
        self.lines.append("    " * self._depth + line)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """Open ``header`` and indent what is added inside; an empty block passes."""
        self.add(header)
        self._depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.add("pass")
        self._depth -= 1

    @contextmanager
    def block_if(self, test: str | None) -> Iterator[None]:
        """Open ``if test:``, or nothing when there is no test."""
        if test is None:
            yield
            return
        with self.block(f"if {test}:"):
            yield

    def fresh(self, prefix: str) -> str:
        """Return a variable name not used before."""
        self._fresh += 1
        return f"{prefix}{self._fresh}"

    def value(self, value: Any, prefix: str = "K") -> str:
        """Return the name under which the source finds ``value``."""
        name = self.fresh(prefix)
        self.names[name] = value
        return name

    def constant(self, value: Any) -> str:
        """Return the name of a hashable constant, the same for equal ones."""
        if value not in self._constants:
            self._constants[value] = self.value(value)
        return self._constants[value]

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def attribute(holder: str, field: str) -> str:
    """Return the Python of one field of what the variable ``holder`` holds; ``field`` may come from a map."""
    return f"{holder}.{name_of(field)}"


def element_bits(elements: tuple[int, ...] | list[int]) -> int:
    """Return a mask with a bit for each element."""
    mask = 0
    for element in elements:
        mask |= 1 << element
    return mask
