"""Which syntax is spoken by whom in the flow: the table.

A further one has a folder beside ``x12`` and a row here; all that it takes is counted in docs/development.md.
"""

from __future__ import annotations

import contextlib
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Sequence

from hub.business.room import Room
from hub.flow.cxml.syntax import CxmlSyntax
from hub.flow.json.syntax import JsonSyntax
from hub.flow.rules import Rules
from hub.flow.syntax import Opened, Syntax
from hub.flow.x12.syntax import X12Syntax
from hub.flow.xml.syntax import XmlSyntax
from hub.formats.body import Bytes
from hub.formats.sniff import SNIFFED_BYTES, sniff
from hub.kernel.errors import Misconfigured
from hub.mapping.library import Map

_X12 = X12Syntax()

_BEGINNINGS = (
    (CxmlSyntax.family.name, re.compile(rb"<|--|[A-Za-z-]+:")),
    (XmlSyntax.family.name, re.compile(rb"<")),
    (JsonSyntax.family.name, re.compile(rb"""["'{\[]|(?:null|true|false|-?[0-9.]+)\s*\Z""")),
)
"""What somebody may have meant to be XML or JSON, though no document begins so: told who speaks that, in its words."""

SYNTAXES: dict[str, Syntax] = {each.name: each for each in (_X12, XmlSyntax(), CxmlSyntax(), JsonSyntax())}


def syntax_of(body: Bytes, rules: Rules, partner: str | None) -> Syntax:
    """Return who opens ``body``, told from its first bytes.

    What nothing begins so, X12 looks for an interchange in; where there is no ISA in it, it is opened, and refused in
    words that its sender understands, by what the partner speaks.
    """
    found = sniff(body[:SNIFFED_BYTES])
    if found is not None or body.find(b"ISA") >= 0:
        return SYNTAXES.get(found or "", _X12)
    spoken = _spoken(rules, partner) if partner is not None else set[str]()
    start = body[:SNIFFED_BYTES].removeprefix(BOM_UTF8).lstrip()
    meant = [name for name, begins in _BEGINNINGS if name in spoken and begins.match(start)]
    if meant or (spoken and _X12.name not in spoken):
        return SYNTAXES[min(meant or spoken)]
    return _X12


def _spoken(rules: Rules, partner_id: str) -> set[str]:
    """Return the syntaxes in which a partner sends what was agreed; none where its files cannot say."""
    partner = rules.partners.get(partner_id)
    if partner is None:
        return set()
    spoken = {_X12.name} if partner.x12 is not None else set()
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
