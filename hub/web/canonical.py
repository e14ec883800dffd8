"""A canonical document as a tree a person can read, each leaf with the places on the wire it came from.

In: the document's JSON and the links the map told. Out: branches and leaves. A value the map set itself has no place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import msgspec

from hub.flow.views import place_in_view
from hub.kernel.location import Location
from hub.kernel.struct import Struct
from hub.web.hub import Link

LEAVES_SHOWN_MAX = 1_000  # more than the segments of one page beside them can fill
VALUE_SHOWN_MAX = 500  # characters of one value


class Leaf(Struct):
    """One value. ``at`` holds the places it came from, by blanks."""

    key: str
    value: str
    path: str
    at: str = ""
    rule: str = ""


class Branch(Struct):
    """A part of the document: its own values first, then what stands beneath."""

    key: str
    path: str
    leaves: list[Leaf] = []
    branches: list[Branch] = []
    count: int | None = None  # of a list


def tree_of(
    canonical: bytes | None, links: Sequence[Link], *, within: Collection[str] | None = None, begins: bool = True
) -> Branch | None:
    """Return the document as a tree; ``None`` when nothing was understood.

    ``within`` keeps what came from these places, and where the views begin what came from nowhere.
    """
    if not canonical:
        return None
    document: dict[str, Any] = msgspec.json.decode(canonical)
    places: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        places[link.path].append(link)
    for reserved in ("document", "version"):  # said in the head of the view
        document.pop(reserved, None)
    return _Reader(places, within, begins=begins).branch("", "", document)


class _Reader:
    """Walks the document once, counting what it shows."""

    def __init__(self, places: dict[str, list[Link]], within: Collection[str] | None, *, begins: bool) -> None:
        self._places = places
        self._within = within
        self._begins = begins
        self._left = LEAVES_SHOWN_MAX

    def branch(self, key: str, path: str, value: dict[str, Any] | list[Any]) -> Branch:
        items = (
            [(f"{n + 1}", f"{path}[{n}]", item) for n, item in enumerate(value)]
            if isinstance(value, list)
            else [(name, f"{path}.{name}" if path else name, item) for name, item in value.items()]
        )
        leaves: list[Leaf] = []
        branches: list[Branch] = []
        for name, below, item in items:
            if self._left <= 0:
                break
            if isinstance(item, dict | list):
                branch = self.branch(name, below, item)
                if self._within is None or branch.leaves or branch.branches:
                    branches.append(branch)
            elif self._is_shown(links := self._links(below, path)):
                self._left -= 1
                leaves.append(_leaf(name, below, links, item))
        count = len(value) if isinstance(value, list) else None
        return Branch(key=key, path=path, leaves=leaves, branches=branches, count=count)

    def _links(self, path: str, parent: str) -> list[Link]:
        # two elements may make one struct (PO102,03 a Quantity): then the places stand at the struct
        return self._places.get(path) or self._places.get(parent, [])

    def _is_shown(self, links: list[Link]) -> bool:
        if self._within is None:
            return True
        return any(place_of(link) in self._within for link in links) if links else self._begins


def place_of(link: Link) -> str:
    """Return how the views name the place of a link."""
    at = Location(segment=link.segment, element=link.element, at=link.at, line=link.line)
    return place_in_view(at) or ""


def _leaf(key: str, path: str, links: list[Link], value: str | int | float | bool | None) -> Leaf:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return Leaf(
        key=key,
        value=text if len(text) <= VALUE_SHOWN_MAX else text[:VALUE_SHOWN_MAX] + "…",
        path=path,
        at=" ".join(dict.fromkeys(map(place_of, links))),
        rule=next((link.rule for link in links if link.rule), ""),
    )
