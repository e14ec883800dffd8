"""Where each field of a stored document stands on the wire. Reads the stored bytes again with the map that read them.

Nothing is kept for this: provenance is asked for by a person, a few times a day, and costs one reading.
"""

from __future__ import annotations

from itertools import islice

from hub.exchange.model import DocumentRow
from hub.flow.rules import Rules
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.reader import read
from hub.kernel.errors import Misconfigured, Unreadable
from hub.mapping.provenance import Origin


def origins_of(document: DocumentRow, body: bytes, rules: Rules) -> list[Origin]:
    """Return the origin of every canonical field, in wire order; none when no map read the document.

    ``body`` is the message that holds it. A map that has gone or is at fault since gives none either.
    """
    if document.map_name is None:
        return []
    try:
        validator = rules.validator(document.release or "", document.kind, document.partner)
        found = _set_at(body, document.position)
        if validator is None or found is None:
            return []
        applied = rules.maps.map(document.map_name).apply(validator.check(found).root, provenance=True)
    except (Misconfigured, Unreadable):
        return []
    return applied.provenance.origins if applied.provenance else []


def _set_at(body: bytes, position: int) -> TransactionSet | None:
    sets = (event for event in read(body) if isinstance(event, TransactionSet))
    return next(islice(sets, position - 1, None), None)
