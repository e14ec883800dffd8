"""The tables ``[[tells]]`` and ``[json]`` of a partner's file: what it hears of, and what it takes as our own JSON."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from msgspec import Meta

from hub.canonical import DOCUMENTS
from hub.canonical.result import EVENTS, EventKind
from hub.exchange.partner_x12 import Fault
from hub.kernel.struct import Struct

DocumentName = Annotated[str, Meta(max_length=60)]


class JsonTable(Struct):
    """JSON with this partner, beside what maps read and write."""

    canonical: Annotated[list[DocumentName], Meta(min_length=1, max_length=100)]  # documents they take as our own JSON


class Tell(Struct):
    """What a partner wants to be told of, without having asked for it with a message."""

    document: DocumentName  # canonical
    on: Annotated[list[EventKind], Meta(min_length=1, max_length=100)]
    when: Literal["each"]  # in the transaction of what happened


def tells_at_fault(tells: list[Tell], kind: str, canonical: Collection[str], receives: Collection[str]) -> list[Fault]:
    """Return what is wrong with them beyond their types."""
    found: list[Fault] = []
    told: set[str] = set()
    for number, tell in enumerate(tells):
        key = ("tells", number)
        if kind != "plant":
            found.append((key, "only a plant is told of what happens to everybody's orders", 'state kind = "plant"'))
        for event in tell.on:
            if EVENTS[event] != tell.document:
                found.append(((*key, "document"), f"{event} is told as {EVENTS[event]}", "name that document"))
            if event in told:
                found.append(((*key, "on"), f"{event} is told already", "name it once"))
            told.add(event)
        if tell.document not in canonical and not receives:
            remedy = f'canonical = ["{tell.document}"] under [json], or a map under [receives]'
            found.append(((*key, "document"), f"nothing says how {tell.document} is written", remedy))
    return found


def json_at_fault(table: JsonTable) -> list[Fault]:
    """Return the documents that the hub does not know."""
    known = ", ".join(sorted(DOCUMENTS))
    return [
        (("json", "canonical"), f"there is no document {name}", f"one of {known}")
        for name in table.canonical
        if name not in DOCUMENTS
    ]
