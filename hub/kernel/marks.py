"""Who acts on a finding, where its sender does not: said of its code beside its sentence, asked by whoever tells it."""

from __future__ import annotations

from typing import Literal

Mark = Literal["ours", "asked", "calling"]
"""``ours``: it is about what we write, and whoever receives that can do nothing. ``asked``: a person of ours asks the
partner by other means. ``calling``: a person looks at it, although it refuses nothing."""

_MARKED: dict[Mark, set[str]] = {"ours": set(), "asked": set(), "calling": set()}


def marked(mark: Mark, *codes: str) -> None:
    """Say of some codes who acts on them."""
    _MARKED[mark].update(codes)


def is_marked(mark: Mark, code: str) -> bool:
    """Say whether that is so of a code, by the rooms that are imported."""
    return code in _MARKED[mark]
