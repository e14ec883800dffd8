"""Which syntax is spoken by whom in the flow: the table.

A further one has a folder beside ``x12`` and a row here; all that it takes is counted in docs/development.md.
"""

from __future__ import annotations

import contextlib
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence

from hub.business.room import Room
from hub.flow.cxml.syntax import CxmlSyntax
from hub.flow.json.syntax import JsonSyntax
from hub.flow.rules import Rules
from hub.flow.syntax import Opened, Syntax
from hub.flow.x12.syntax import X12Syntax
from hub.flow.xml.syntax import XmlSyntax
from hub.formats.body import Bytes
from hub.formats.packed import is_in_parts
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.kernel.errors import Misconfigured
from hub.mapping.library import Map

_HUNTS = X12Syntax()
"""Who opens what begins as nothing we know: it looks for its envelopes behind whatever they stand."""

SYNTAXES: dict[str, Syntax] = {each.name: each for each in (_HUNTS, XmlSyntax(), CxmlSyntax(), JsonSyntax())}

CALLED_BY = tuple(each.called_by for each in SYNTAXES.values() if each.called_by)
"""Kinds of numbers by which people call an envelope."""


def texts() -> Iterator[str]:
    """Yield the words of syntaxes that people read, for the catalogues."""
    for syntax in SYNTAXES.values():
        yield from syntax.keys.values()
        yield from syntax.rejects.values()


def syntax_of(body: Bytes, rules: Rules, partner: str | None) -> Syntax:
    """Return who opens ``body``, told from its first bytes.

    What nothing begins so is opened by who finds something of its own in it; else, and refused in words that its sender
    understands, by what the partner speaks.
    """
    found = sniff(body[:SNIFFED_BYTES])
    if found in SYNTAXES and is_in_parts(bytes(body[:SNIFFED_BYTES])):
        return SYNTAXES[_of_parts(found, _spoken(rules, partner) if partner is not None else set())]
    if found is not None or _HUNTS.stands_in(body):
        return SYNTAXES.get(found or "", _HUNTS)
    spoken = _spoken(rules, partner) if partner is not None else set[str]()
    start = body[:SNIFFED_BYTES].removeprefix(BOM_UTF8).lstrip()
    meant = [name for name in spoken if SYNTAXES[name].is_meant(start)]
    if meant or (spoken and _HUNTS.name not in spoken):
        return SYNTAXES[min(meant or spoken)]
    return _HUNTS


def _of_parts(found: str, spoken: set[str]) -> str:
    """Return who opens a body of parts, as ``found`` has them: who never speaks that is told so in what he does."""
    if not spoken or found in spoken:
        return found
    return min(spoken, key=lambda name: (name == _HUNTS.name, name))


def _spoken(rules: Rules, partner_id: str) -> set[str]:
    """Return the syntaxes in which a partner sends what was agreed; none where its files cannot say."""
    partner = rules.partners.get(partner_id)
    if partner is None:
        return set()
    spoken = {name for name, syntax in SYNTAXES.items() if syntax.is_agreed(partner)}
    for name in partner.sends.values():
        with contextlib.suppress(Misconfigured):
            spoken.add(rules.maps.map(name).family.name)
    return spoken


def open_message(
    body: Bytes, rules: Rules, partner: str, *, every: int = 0, pause: Callable[[], object] = bool
) -> Opened:
    """Return ``body`` opened by its syntax and held against what was agreed with ``partner``.

    ``pause`` is called after each step of ``every`` events. Raises ``Unreadable`` when it is nothing we can take apart,
    ``Misconfigured`` for a stopped partner.
    """
    steps = syntax_of(body, rules, partner).open(body, rules, rules.partner(partner), every)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            opened: Opened = end.value
            return opened
        pause()


def warm_up(rules: Rules, rooms: Sequence[Room]) -> None:
    """Read and compile what every live partner's messages need now, so that the first does not wait for it.

    What is at fault is left for the message that needs it, which is then held with the reason.
    """
    for partner in rules.partners.all():
        for name in (*partner.sends.values(), *partner.receives.values()):
            with contextlib.suppress(Misconfigured):
                map_: Map = rules.maps.map(name)
                SYNTAXES[map_.family.name].warm_up(rules, partner, map_)
        for room in rooms:
            with contextlib.suppress(Misconfigured):
                rules.of_room(room, partner.id)
