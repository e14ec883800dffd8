"""The guide as the validator walks it: every place knows where each tag leads from there.

In: a guide. Out: the root ``GuidePlace``. The place a segment was put at is the whole state of the walk, because a tag
stands once in a loop: from it follow the loops that are open and how far each has come.
"""

from __future__ import annotations

from collections.abc import Iterator

from hub.formats.x12.guide import CodeLists, Guide, Use
from hub.formats.x12.segment_code import Accepts, compile_segment

Move = tuple[int, int, bool, int, Accepts, "tuple[GuidePlace, ...]", "GuidePlace"]
"""depth of the loop it goes into, maximum there (0: none), whether it opens a loop, first element to cut (0: none),
the check of its elements, the loops it closes that must be looked at, the place itself."""


class GuidePlace:
    """One ``Use`` with its surroundings. The root stands for the set itself: a loop that is always open."""

    __slots__ = (
        "_accepts", "_codes", "children", "closing", "cut", "depth", "index", "maximum", "moves", "nests", "opens",
        "parent", "required", "tag", "use",
    )  # fmt: skip

    def __init__(self, use: Use | None, parent: GuidePlace | None, index: int, codes: CodeLists) -> None:
        self.use = use
        self.parent = parent
        self.index = index  # among its siblings
        self.depth: int = -1 if parent is None else parent.depth + 1  # of its parent's node on the stack of open loops
        self.tag = use.segment.tag if use else ""
        self.opens = use is None or use.loop
        self.nests = use is not None and use.nests
        self.maximum = 0 if use is None else use.loop_maximum if use.loop else use.maximum
        self.cut = 0 if use is None else _first_cut(use)
        self.moves: dict[str, Move] = {}
        self.children: dict[str, GuidePlace] = {}
        self.required: tuple[GuidePlace, ...] = ()
        self.closing = False  # whether something is to be checked when the loop closes
        self._codes = codes
        self._accepts: Accepts | None = None

    @property
    def accepts(self) -> Accepts:
        """The generated check of this place's elements, made when a document first needs it."""
        if self._accepts is None:
            assert self.use is not None
            self._accepts = compile_segment(self.use.segment, self._codes)
        return self._accepts

    @property
    def loop(self) -> GuidePlace:
        """The innermost loop that is open at this place: its own, when it opens one."""
        return self if self.opens or self.parent is None else self.parent

    @property
    def loop_tag(self) -> str | None:
        """The name of that loop; None at the top of the set."""
        return self.loop.tag or None

    @property
    def name(self) -> str:
        """The guide's label."""
        return self.use.segment.name if self.use else ""


def places_of(guide: Guide, codes: CodeLists) -> GuidePlace:
    """Return the root place of ``guide``."""
    root = GuidePlace(None, None, 0, codes)
    _grow(root, guide.uses, codes)
    return root


def every_place(place: GuidePlace) -> Iterator[GuidePlace]:
    """Yield all that stands beneath ``place``."""
    for child in place.children.values():
        yield child
        yield from every_place(child)


def reachable(state: GuidePlace, tag: str, floor: GuidePlace) -> Iterator[GuidePlace]:
    """Yield the places where ``tag`` may stand after ``state``, innermost loop first, not above loop ``floor``."""
    loop, index = (state, -1) if state.opens else (state.loop, state.index)
    while True:
        child = loop.children.get(tag)
        if child is not None and child.index >= index:
            yield child
        if loop is floor or loop.parent is None:
            return
        loop, index = loop.parent, loop.index


def closed_between(state: GuidePlace, target: GuidePlace | None) -> Iterator[GuidePlace]:
    """Yield the loops that are open at ``state`` and close when ``target`` comes, innermost first; all for None."""
    loop: GuidePlace | None = state.loop
    depth = -1 if target is None else target.depth
    while loop is not None and loop.depth >= depth:
        yield loop
        loop = loop.parent


def move_to(state: GuidePlace, target: GuidePlace) -> Move:
    """Return what the walk has to do to put a segment at ``target`` after ``state``."""
    closing = tuple(loop for loop in closed_between(state, target) if loop.closing)
    return (target.depth, target.maximum, target.opens, target.cut, target.accepts, closing, target)


def _grow(place: GuidePlace, uses: tuple[Use, ...], codes: CodeLists) -> None:
    for index, use in enumerate(uses):
        child = GuidePlace(use, place, index, codes)
        place.children[child.tag] = child
        _grow(child, use.children, codes)
    place.required = tuple(c for c in place.children.values() if c.use is not None and c.use.required)
    place.closing = bool(place.required) or "LE" in place.children


def _first_cut(use: Use) -> int:
    """The first element that is a composite or repeats: from there on values have to be cut."""
    for number, element in enumerate(use.segment.elements, 1):
        if element.components or element.repeat > 1:
            return number
    return 0
