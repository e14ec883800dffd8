"""The right side of a rule, taken apart: ``"PO102,03 | packs:box=10 each when kind = firm"``.

Text enters, a ``RuleSource`` leaves: where on the wire, through which codecs, in which direction, under
which guard. What can go wrong is a text that is no sentence of the language: ``Misconfigured``,
without file and line, which the caller adds. Nothing here knows a schema or a canonical type.
"""

from __future__ import annotations

import re
from typing import Literal

from hub.kernel.errors import Misconfigured
from hub.kernel.struct import Struct
from hub.mapping.paths import Path, parse_path

Direction = Literal["both", "in", "out"]

RULE_CHARACTERS_MAX = 500  # ours have at most 80; alternatives are written one inside the other, and 50 of them fit


class Call(Struct):
    """A codec and its argument, as written."""

    name: str
    argument: str = ""


class Guard(Struct):
    """A canonical field that must be said, or say ``value``."""

    field: str
    value: str | None = None


class RuleSource(Struct):
    """One rule's right side. Exactly one of ``word`` and ``choices`` is said."""

    text: str
    direction: Direction = "both"
    word: str | None = None
    choices: tuple[Path, ...] = ()
    sequence: bool = False  # joined by ``then``: a list over several places
    codecs: tuple[Call, ...] = ()
    guard: Guard | None = None


_GUARD = re.compile(r"\s+when\s+([a-z_][a-z0-9_.]*)(?:\s*=\s*(\S+))?\s*\Z")


def parse_source(text: str, wire: str) -> RuleSource:
    """Return what ``text`` says of ``wire``, or raise ``Misconfigured`` naming the part that is not understood."""
    if len(text) > RULE_CHARACTERS_MAX:
        raise Misconfigured("MAP-PATH/rule-more-than-characters", rule_characters_max=RULE_CHARACTERS_MAX)
    rest, direction = _direction(text.strip())
    guard = None
    if found := _GUARD.search(rest):
        guard, rest = Guard(field=found[1], value=found[2]), rest[: found.start()]
    if rest.startswith("="):
        word = rest[1:].strip()
        if not word:
            raise Misconfigured("MAP-PATH/word-missing")
        return RuleSource(text=text, direction=direction, word=word, guard=guard)
    where, *calls = [part.strip() for part in rest.split(" | ")]
    sequence = " then " in where
    if sequence and " or " in where:
        raise Misconfigured("MAP-PATH/or-and-then")
    choices = tuple(parse_path(part, wire) for part in re.split(r" or | then ", where))
    codecs = tuple(_call(call) for call in calls)
    return RuleSource(text=text, direction=direction, choices=choices, sequence=sequence, codecs=codecs, guard=guard)


def _direction(text: str) -> tuple[str, Direction]:
    if text.startswith("<"):
        return text[1:].strip(), "in"
    if text.startswith(">"):
        return text[1:].strip(), "out"
    return text, "both"


def _call(text: str) -> Call:
    name, _, argument = text.partition(":")
    if not name:
        raise Misconfigured("MAP-PATH/codec-missing")
    return Call(name=name.strip(), argument=argument)
