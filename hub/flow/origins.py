"""Where each field of a stored document stands on the wire. Reads the stored bytes again with the map that read them.

Nothing is kept for this: provenance is asked for by a person, a few times a day, and costs one reading.
"""

from __future__ import annotations

from hub.exchange.model import DocumentRow
from hub.flow.canonical_json import canonical_origins
from hub.flow.rules import Rules
from hub.flow.syntaxes import SYNTAXES
from hub.kernel.errors import Misconfigured, Unreadable
from hub.mapping.provenance import Origin


def origins_of(document: DocumentRow, body: bytes, rules: Rules) -> list[Origin]:
    """Return the origin of every canonical field, in wire order; none when no map read the document.

    ``body`` is the message that holds it. A map that has gone or is at fault since gives none either. What went out as
    it is, in our own JSON, comes from itself.
    """
    if document.map_name is None:
        return canonical_origins(body) if body and document.canonical == body else []
    try:
        map_ = rules.maps.map(document.map_name)
        return SYNTAXES[map_.family.name].origins(document, body, rules, map_)
    except (Misconfigured, Unreadable):
        return []
