"""Which syntax is spoken by whom in the flow: the table. A further one is a folder beside ``x12`` and a row here."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence

from hub.business.room import Room
from hub.flow.json.syntax import JsonSyntax
from hub.flow.rules import Rules
from hub.flow.syntax import Opened, Syntax
from hub.flow.x12.syntax import X12Syntax
from hub.flow.xml.syntax import XmlSyntax
from hub.formats.body import Bytes
from hub.formats.sniff import HEAD_BYTES, sniff
from hub.kernel.errors import Misconfigured
from hub.mapping.library import Map

_X12 = X12Syntax()

SYNTAXES: dict[str, Syntax] = {each.name: each for each in (_X12, XmlSyntax(), JsonSyntax())}


def syntax_of(body: Bytes) -> Syntax:
    """Return who opens ``body``, told from its first bytes; what is nothing else, X12 looks for an interchange in."""
    return SYNTAXES.get(sniff(body[:HEAD_BYTES]) or "", _X12)


def open_message(
    body: Bytes, rules: Rules, partner: str, *, every: int = 0, pause: Callable[[], object] = bool
) -> Opened:
    """Return ``body`` opened by its syntax and held against what was agreed with ``partner``.

    ``pause`` is called after each step of ``every`` events. Raises ``Unreadable`` when it is nothing we can take apart,
    ``Misconfigured`` for a stopped partner.
    """
    steps = syntax_of(body).open(body, rules, rules.partner(partner), every)
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
