"""What takes effect in one transaction: so much that the one writer is held for some 25 ms, whatever it is. Pure.

Intake waits behind it, and so does everybody else's message: a portion is bounded by what writing it costs, not by how
many documents it counts. What a document costs is its rows, and what is stored of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hub.exchange import weights
from hub.exchange.weights import Amount
from hub.flow.documents import Document

DOCUMENTS_PER_PORTION = 50  # orders of one line, half a millisecond each where they were prepared
PORTION_WEIGHT_MAX = 200_000  # in bytes of what is stored: at 8 bytes a microsecond some 25 ms
ENVELOPES_PER_PORTION = 100  # references of envelopes entered in one transaction, a tenth of a millisecond each
ACKNOWLEDGED_AT_ONCE = 20  # envelopes acknowledged in one transaction: an answer of ours each, a millisecond
SETS_ANSWERED_AT_ONCE = 200  # of which the last transaction tells; of more is written what is told before it begins


def weight_of(document: Document) -> int:
    """Return what writing the document costs, in bytes stored."""
    return weights.DOCUMENT.bytes + len(document.canonical or b"") + weights.FINDING_BYTES * len(document.findings)


def stored_amount(documents: Sequence[Document], *, envelopes: int) -> Amount:
    """Return what documents and envelopes leave stored, for their partner's budget."""
    found = weights.ENVELOPE.times(envelopes)
    for each in documents:
        lines = len(each.canonical or b"") // weights.LINE.bytes
        found = found.plus(Amount(bytes=weight_of(each), rows=weights.DOCUMENT.rows + weights.LINE.rows * lines))
    return found


def portions(documents: Iterable[Document]) -> Iterator[tuple[list[Document], bool]]:
    """Cut what is read into portions, none of it before it is asked for; with each, whether it is the last.

    A message without documents has one portion without documents.
    """
    portion: list[Document] = []
    weight = 0
    for document in documents:
        own = weight_of(document)
        if portion and (len(portion) >= DOCUMENTS_PER_PORTION or weight + own > PORTION_WEIGHT_MAX):
            yield portion, False
            portion, weight = [], 0
        portion.append(document)
        weight += own
    yield portion, True
