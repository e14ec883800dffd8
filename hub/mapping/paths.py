"""Places on the wire as a map writes them: ``N9[ZZ,02=REASON]/MSG01``, ``cac:Price/cbc:PriceAmount``, ``lines/sku``.

Text enters, a ``Path`` leaves, the same whatever the syntax: each family of wires has one reader here. In X12 parts
are numbers; elsewhere they are names until ``bind`` turns them into numbers. What can go wrong is a text that is no
path: ``Misconfigured``, without file and line, which the caller adds. Nothing here knows a schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct


class Condition(Struct):
    """A part that must hold a value, or, with None, any value at all.

    Part 0 is the one of that name, or the qualifying one: not yet looked up.
    """

    value: str | None
    part: int = 0
    component: int | None = None
    name: str = ""  # @schemeID, cbc:ChargeIndicator, type; "" where parts have numbers


class PathStep(Struct):
    """One place on the way down: a segment or loop, an element, an object or array."""

    tag: str
    conditions: tuple[Condition, ...] = ()
    every: bool = False  # a star: all such places, not the first
    optional: bool = False  # a question mark: the level may be missing (in ``at`` only)

    def __str__(self) -> str:
        inner = ",".join(_shown(c) for c in self.conditions)
        return self.tag + (f"[{inner}]" if inner else "") + ("*" if self.every else "") + ("?" if self.optional else "")


class Path(Struct):
    """A place on the wire and what is taken there.

    ``parts`` are one or more parts of the last step (``component`` and ``repeated`` speak of them), ``names`` the same
    by name; ``qualifier`` takes the value beside it in the repeating group; ``member`` is a part of the group an item
    stands for; ``group`` stands at each group; ``number`` is the running number of the place; ``here`` the place
    itself. With none of them the path names the place alone, or, by a name, the part of that name.
    """

    text: str
    steps: tuple[PathStep, ...] = ()
    top: bool = False  # from the top of the document
    parts: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    component: int | None = None
    repeated: bool = False
    conditions: tuple[Condition, ...] = ()  # parts of the same place, written together with it
    qualifier: str | None = None
    member: int | None = None
    group: bool = False
    number: bool = False
    here: bool = False


def parse_path(text: str, wire: str) -> Path:
    """Return the place ``text`` names on ``wire`` (x12/004010/850, north-spine/order)."""
    text = text.strip()
    if not text:
        raise Misconfigured("MAP-PATH/path-is-missing")
    if text == ".":
        return Path(text=text, here=True)
    if text == "#":
        return Path(text=text, number=True)
    return PATH_READERS.get(wire.partition("/")[0], read_names)(text)


# X12: BEG03 · REF[CT]02 · PO1~BP · HL[O]/HL[I] · /BIG04 --------------------------------------------------------------

_STEP = re.compile(r"([A-Z][A-Z0-9]{1,2})(?:\[([^\]]*)\])?(\*?)(\??)\Z", re.ASCII)
_LAST = re.compile(
    r"(?P<tag>[A-Z][A-Z0-9]{1,2}?)(?:\[(?P<select>[^\]]*)\])?(?P<every>\*?)"
    r"(?P<parts>\d\d(?:,\d\d)*)(?:-(?P<component>\d{1,2}))?(?P<repeated>\*?)(?:\[(?P<beside>[^\]]*)\])?\Z",
    re.ASCII,
)
_GROUP = re.compile(r"(?P<tag>[A-Z][A-Z0-9]{1,2})(?:\[(?P<select>[^\]]*)\])?(?P<every>\*?)~(?P<what>.*)\Z")
_SLASH = re.compile(r"/(?![^\[]*\])")
_MEMBER = re.compile(r"~(\d)\Z", re.ASCII)
_CONDITION = re.compile(r"(\d\d)(?:-(\d{1,2}))?=(.*)\Z", re.DOTALL | re.ASCII)


def read_segments(text: str) -> Path:
    """Return the path of X12: segments and loops by tag, elements by number."""
    if found := _MEMBER.match(text):
        return Path(text=text, member=int(found[1]))
    top = text.startswith("/")
    *steps, last = _SLASH.split(text.removeprefix("/"))
    outer = tuple(_segment(step) for step in steps)
    if last == "#":
        return Path(text=text, steps=outer, top=top, number=True)
    if found := _LAST.match(last):
        step = PathStep(tag=found["tag"], conditions=_conditions(found["select"]), every=bool(found["every"]))
        return Path(
            text=text,
            steps=(*outer, step),
            top=top,
            parts=tuple(int(number) for number in found["parts"].split(",")),
            component=int(found["component"]) if found["component"] else None,
            repeated=bool(found["repeated"]),
            conditions=_conditions(found["beside"]),
        )
    if found := _GROUP.match(last):
        step = PathStep(tag=found["tag"], conditions=_conditions(found["select"]), every=bool(found["every"]))
        return Path(text=text, steps=(*outer, step), top=top, qualifier=found["what"] or None, group=not found["what"])
    return Path(text=text, steps=(*outer, _segment(last)), top=top)


def _segment(text: str) -> PathStep:
    found = _STEP.match(text)
    if not found:
        raise Misconfigured("MAP-PATH/no-segment", text=text)
    return PathStep(tag=found[1], conditions=_conditions(found[2]), every=bool(found[3]), optional=bool(found[4]))


def _conditions(text: str | None) -> tuple[Condition, ...]:
    if text is None:
        return ()
    conditions: list[Condition] = []
    for part in text.split(","):
        if found := _CONDITION.match(part.strip()):
            component = int(found[2]) if found[2] else None
            conditions.append(Condition(part=int(found[1]), component=component, value=found[3]))
        elif part.strip():
            conditions.append(Condition(value=part.strip()))
        else:
            raise Misconfigured("MAP-PATH/empty-condition")
    return tuple(conditions)


# XML and JSON: cbc:ID/@schemeID · Charge[Kind=tax]/Amount · dates[type=SHIP]/value ------------------------------------

_NAME = r"@?[^\s/\[\]@*?|,~#=<>\"']+"
_NAMED_STEP = re.compile(rf"({_NAME})(?:\[([^\]]*)\])?(\*?)(\??)\Z")
_NAMED_PARTS = re.compile(rf"{_NAME}(?:,{_NAME})+\Z|@{_NAME[2:]}\Z")
_NAMED_CONDITION = re.compile(rf"({_NAME}|\.)(?:=(.*))?\Z", re.DOTALL)


def read_names(text: str) -> Path:
    """Return the path of a wire whose places and parts have names: elements and attributes, objects and members.

    Whether a plain last name is a place or a part, only the schema knows.
    """
    top = text.startswith("/")
    *steps, last = _SLASH.split(text.removeprefix("/"))
    outer = tuple(_named(step) for step in steps)
    if last == "#":
        return Path(text=text, steps=outer, top=top, number=True)
    if _NAMED_PARTS.match(last):
        return Path(text=text, steps=outer, top=top, names=tuple(last.split(",")))
    return Path(text=text, steps=(*outer, _named(last)), top=top)


def _named(text: str) -> PathStep:
    found = _NAMED_STEP.match(text)
    if not found:
        raise Misconfigured("MAP-PATH/no-name", text=text)
    conditions = tuple(_named_condition(part) for part in found[2].split(",")) if found[2] is not None else ()
    return PathStep(tag=found[1], conditions=conditions, every=bool(found[3]), optional=bool(found[4]))


def _named_condition(text: str) -> Condition:
    found = _NAMED_CONDITION.match(text.strip())
    if not found:
        raise Misconfigured("MAP-PATH/is-no-condition", text=text)
    return Condition(name=found[1], value=found[2])


PATH_READERS: dict[str, Callable[[str], Path]] = {"x12": read_segments}
"""By the first word of a wire; all others have names."""


def has_numbers(wire: str) -> bool:
    """Say whether parts have numbers on ``wire``, not names."""
    return wire.partition("/")[0] in PATH_READERS


def _shown(condition: Condition) -> str:
    if condition.name:
        return condition.name if condition.value is None else f"{condition.name}={condition.value}"
    if not condition.part:
        return condition.value or ""
    place = f"{condition.part:02d}-{condition.component}" if condition.component else f"{condition.part:02d}"
    return place if condition.value is None else f"{place}={condition.value}"
