"""The right side of a rule, taken apart: ``"PO102,03 | packs:box=10 each when kind = firm"``.

Text enters, a ``Source`` leaves: where on the wire, through which codecs, in which direction, under
which guard. What can go wrong is a text that is no sentence of the language: ``Misconfigured``,
without file and line, which the caller adds. Nothing here knows a guide or a canonical type.
"""

from __future__ import annotations

import re
from typing import Literal

from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct

Direction = Literal["both", "in", "out"]

RULE_CHARACTERS_MAX = 500  # ours have at most 80; alternatives are written one inside the other, and 50 of them fit


class Condition(Struct):
    """An element that must hold a value. Element 0 is the guide's qualifying element, not yet looked up."""

    value: str
    element: int = 0
    component: int | None = None


class Step(Struct):
    """One segment or loop on the way down."""

    tag: str
    conditions: tuple[Condition, ...] = ()
    every: bool = False  # a star: all such places, not the first
    optional: bool = False  # a question mark: the level may be missing (in ``at`` only)

    def __str__(self) -> str:
        inner = ",".join(c.value if not c.element else f"{_number(c)}={c.value}" for c in self.conditions)
        return self.tag + (f"[{inner}]" if inner else "") + ("*" if self.every else "") + ("?" if self.optional else "")


class Path(Struct):
    """A place on the wire and what is taken there.

    ``elements`` are one or more elements of the last step (``component`` and ``repeated`` speak of them);
    ``qualifier`` takes the value beside it in the repeating group; ``member`` is an element of the group an
    item stands for; ``group`` stands at each group; ``number`` is the running number of the place;
    ``here`` the place itself. With none of them the path names the place alone.
    """

    text: str
    steps: tuple[Step, ...] = ()
    top: bool = False  # from the top of the document
    elements: tuple[int, ...] = ()
    component: int | None = None
    repeated: bool = False
    conditions: tuple[Condition, ...] = ()  # elements of the same segment, written together with it
    qualifier: str | None = None
    member: int | None = None
    group: bool = False
    number: bool = False
    here: bool = False


class Call(Struct):
    """A codec and its argument, as written."""

    name: str
    argument: str = ""


class Guard(Struct):
    """A canonical field that must be said, or say ``value``."""

    field: str
    value: str | None = None


class Source(Struct):
    """One rule's right side. Exactly one of ``word`` and ``choices`` is said."""

    text: str
    direction: Direction = "both"
    word: str | None = None
    choices: tuple[Path, ...] = ()
    sequence: bool = False  # joined by ``then``: a list over several places
    codecs: tuple[Call, ...] = ()
    guard: Guard | None = None


_STEP = re.compile(r"([A-Z][A-Z0-9]{1,2})(?:\[([^\]]*)\])?(\*?)(\??)\Z", re.ASCII)
_LAST = re.compile(
    r"(?P<tag>[A-Z][A-Z0-9]{1,2}?)(?:\[(?P<select>[^\]]*)\])?(?P<every>\*?)"
    r"(?P<elements>\d\d(?:,\d\d)*)(?:-(?P<component>\d{1,2}))?(?P<repeated>\*?)(?:\[(?P<beside>[^\]]*)\])?\Z",
    re.ASCII,
)
_GROUP = re.compile(r"(?P<tag>[A-Z][A-Z0-9]{1,2})(?:\[(?P<select>[^\]]*)\])?(?P<every>\*?)~(?P<what>.*)\Z")
_SLASH = re.compile(r"/(?![^\[]*\])")
_MEMBER = re.compile(r"~(\d)\Z", re.ASCII)
_GUARD = re.compile(r"\s+when\s+([a-z_][a-z0-9_.]*)(?:\s*=\s*(\S+))?\s*\Z")
_CONDITION = re.compile(r"(\d\d)(?:-(\d{1,2}))?=(.*)\Z", re.DOTALL | re.ASCII)


def parse_source(text: str) -> Source:
    """Return what ``text`` says, or raise ``Misconfigured`` naming the part that is not understood."""
    if len(text) > RULE_CHARACTERS_MAX:
        raise Misconfigured(f"a rule of more than {RULE_CHARACTERS_MAX} characters", remedy="make it shorter")
    rest, direction = _direction(text.strip())
    guard = None
    if found := _GUARD.search(rest):
        guard, rest = Guard(field=found[1], value=found[2]), rest[: found.start()]
    if rest.startswith("="):
        word = rest[1:].strip()
        if not word:
            raise Misconfigured("a word is missing after '='")
        return Source(text=text, direction=direction, word=word, guard=guard)
    where, *calls = [part.strip() for part in rest.split(" | ")]
    sequence = " then " in where
    if sequence and " or " in where:
        raise Misconfigured("'or' and 'then' cannot stand in one rule")
    choices = tuple(parse_path(part) for part in re.split(r" or | then ", where))
    codecs = tuple(_call(call) for call in calls)
    return Source(text=text, direction=direction, choices=choices, sequence=sequence, codecs=codecs, guard=guard)


def parse_path(text: str) -> Path:
    """Return the place ``text`` names: ``N9[ZZ,02=REASON]/MSG01``, ``PO1~BP``, ``HL[O]/HL[I]``, ``/BIG04``."""
    text = text.strip()
    if not text:
        raise Misconfigured("a path is missing")
    if text == ".":
        return Path(text=text, here=True)
    if text == "#":
        return Path(text=text, number=True)
    if found := _MEMBER.match(text):
        return Path(text=text, member=int(found[1]))
    top = text.startswith("/")
    *steps, last = _SLASH.split(text.removeprefix("/"))
    outer = tuple(_step(step) for step in steps)
    return _last(text, outer, last, top)


def _last(text: str, outer: tuple[Step, ...], last: str, top: bool) -> Path:
    if last == "#":
        return Path(text=text, steps=outer, top=top, number=True)
    if found := _LAST.match(last):
        step = Step(tag=found["tag"], conditions=_conditions(found["select"]), every=bool(found["every"]))
        return Path(
            text=text,
            steps=(*outer, step),
            top=top,
            elements=tuple(int(number) for number in found["elements"].split(",")),
            component=int(found["component"]) if found["component"] else None,
            repeated=bool(found["repeated"]),
            conditions=_conditions(found["beside"]),
        )
    if found := _GROUP.match(last):
        step = Step(tag=found["tag"], conditions=_conditions(found["select"]), every=bool(found["every"]))
        return Path(text=text, steps=(*outer, step), top=top, qualifier=found["what"] or None, group=not found["what"])
    return Path(text=text, steps=(*outer, _step(last)), top=top)


def _direction(text: str) -> tuple[str, Direction]:
    if text.startswith("<"):
        return text[1:].strip(), "in"
    if text.startswith(">"):
        return text[1:].strip(), "out"
    return text, "both"


def _step(text: str) -> Step:
    found = _STEP.match(text)
    if not found:
        raise Misconfigured(f"'{text}' is not a segment, a loop or an element of one")
    return Step(tag=found[1], conditions=_conditions(found[2]), every=bool(found[3]), optional=bool(found[4]))


def _conditions(text: str | None) -> tuple[Condition, ...]:
    if text is None:
        return ()
    conditions: list[Condition] = []
    for part in text.split(","):
        if found := _CONDITION.match(part.strip()):
            component = int(found[2]) if found[2] else None
            conditions.append(Condition(element=int(found[1]), component=component, value=found[3]))
        elif part.strip():
            conditions.append(Condition(value=part.strip()))
        else:
            raise Misconfigured("an empty condition")
    return tuple(conditions)


def _call(text: str) -> Call:
    name, _, argument = text.partition(":")
    if not name:
        raise Misconfigured("a codec is missing after '|'")
    return Call(name=name.strip(), argument=argument)


def _number(condition: Condition) -> str:
    return f"{condition.element:02d}" + (f"-{condition.component}" if condition.component else "")
