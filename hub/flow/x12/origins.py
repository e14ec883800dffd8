"""Where each field of a stored set stands on the wire: its segment and element, by the map that read it."""

from __future__ import annotations

from itertools import islice

from hub.exchange.model import DocumentRow
from hub.flow.rules import Rules
from hub.flow.x12.guides import x12_rules
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.reader import read
from hub.mapping.library import Map
from hub.mapping.provenance import Origin


def origins(document: DocumentRow, body: bytes, rules: Rules, map_: Map) -> list[Origin]:
    """Return the origin of every canonical field, in wire order; none where the set or its guide has gone."""
    validator = x12_rules(rules).validator(document.release or "", document.kind, document.partner)
    found = _set_at(body, document.position)
    if validator is None or found is None:
        return []
    applied = map_.apply(validator.check(found).root, provenance=True)
    return applied.provenance.origins if applied.provenance else []


def _set_at(body: bytes, position: int) -> TransactionSet | None:
    sets = (event for event in read(body) if isinstance(event, TransactionSet))
    return next(islice(sets, position - 1, None), None)
