"""The tables ``[[tells]]`` and ``[json]`` of a partner's file: what it hears of, and what it takes as our own JSON."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from hub.canonical import DOCUMENTS
from hub.canonical.result import EVENTS, EventKind
from hub.exchange.partner_syntax import Fault, SyntaxTable
from hub.kernel.errors import Misconfigured
from hub.kernel.own_files import read_own_text
from hub.kernel.sentence import Phrase, declared
from hub.kernel.struct import Struct
from hub.platform.toml_lines import read_toml

DocumentName = Annotated[str, Meta(max_length=60)]


class JsonTable(SyntaxTable):
    """JSON with this partner, beside what maps read and write."""

    syntax: ClassVar[str] = "json"
    canonical: Annotated[list[DocumentName], Meta(min_length=1, max_length=100)]  # documents they take as our own JSON

    def faults(self, written: Collection[str]) -> list[Fault]:
        """Return the documents that the hub does not know."""
        known = ", ".join(sorted(DOCUMENTS))
        return [
            (("json", "canonical"), "there-is-no-document", {"name": name, "known": known})
            for name in self.canonical
            if name not in DOCUMENTS
        ]


class Tell(Struct):
    """What a partner wants to be told of, without having asked for it with a message."""

    document: DocumentName  # canonical
    on: Annotated[list[EventKind], Meta(min_length=1, max_length=100)]
    when: Literal["each"]  # in the transaction of what happened


class _Plant(Struct):
    """As much of a file as says what a plant is told of, whatever else is in it."""

    kind: Literal["plant"]
    tells: list[Tell]


_SAYS_PLANT = re.compile(r"""^\s*kind\s*=\s*["']plant["']""", re.MULTILINE)
_SAYS_TELLS = re.compile(r"^\s*\[\[\s*tells\s*\]\]", re.MULTILINE)


def hears_of(path: Path) -> frozenset[str]:
    """Return the kinds of events that a partner file at fault asks to be told of: nobody is told, and all is owed.

    Where it cannot be taken apart, and has the table, all of them; none where there is nothing to be read.
    """
    try:
        plant = msgspec.convert(read_toml(path)[0], _Plant)
    except (Misconfigured, msgspec.ValidationError):
        try:
            text = read_own_text(path)
        except Misconfigured:
            return frozenset()
        return frozenset(EVENTS) if _SAYS_PLANT.search(text) and _SAYS_TELLS.search(text) else frozenset()
    return frozenset(event for tell in plant.tells for event in tell.on)


def tells_at_fault(tells: list[Tell], kind: str, canonical: Collection[str], receives: Collection[str]) -> list[Fault]:
    """Return what is wrong with them beyond their types."""
    found: list[Fault] = []
    told: set[str] = set()
    for number, tell in enumerate(tells):
        key = ("tells", number)
        if kind != "plant":
            found.append((key, "only-plant-is-told", {}))
        for event in tell.on:
            if EVENTS[event] != tell.document:
                found.append(((*key, "document"), "is-told-as", {"event": event, "events": EVENTS[event]}))
            if event in told:
                found.append(((*key, "on"), "is-told-already", {"event": event}))
            told.add(event)
        if tell.document not in canonical and not receives:
            found.append(((*key, "document"), "nothing-says-how-is", {"document": tell.document}))
    return found


declared(
    {
        "CFG-VALUE/there-is-no-document": Phrase(message="there is no document {name}", remedy="one of {known}"),
        "CFG-VALUE/only-plant-is-told": Phrase(
            message="only a plant is told of what happens to everybody's orders", remedy='state kind = "plant"'
        ),
        "CFG-VALUE/nothing-says-how-is": Phrase(
            message="nothing says how {document} is written",
            remedy='canonical = ["{document}"] under [json], or a map under [receives]',
        ),
        "CFG-VALUE/is-told-as": Phrase(message="{event} is told as {events}", remedy="name that document"),
        "CFG-VALUE/is-told-already": Phrase(message="{event} is told already", remedy="name it once"),
    }
)
