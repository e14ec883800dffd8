"""What takes effect in one transaction: so much that the one writer is held for some 25 ms, whatever it is. Pure.

Intake waits behind it, and so does everybody else's message: a portion is bounded by what writing it costs, not by how
many documents it counts. What a document costs is its rows, and what is stored of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hub.exchange.budgets import Amount
from hub.flow.reading import Document

DOCUMENTS_PER_PORTION = 50  # orders of one line, half a millisecond each where they were foreseen
PORTION_WEIGHT_MAX = 200_000  # in bytes of what is stored: at 8 bytes a microsecond some 25 ms
DOCUMENT_WEIGHT = 4_000  # of one without any content: its own row, keys, history and answer take half a millisecond
ENVELOPE_WEIGHT, ROWS_OF_ENVELOPE = 500, 2  # itself, and the number by which it is found
ROWS_OF_DOCUMENT = 20  # itself, keys, an order with its history, its answer with its own
LINE_BYTES, ROWS_OF_LINE = 300, 4
ENVELOPES_PER_PORTION = 100  # numbers of interchanges entered in one transaction, a tenth of a millisecond each
ACKNOWLEDGED_AT_ONCE = 20  # interchanges acknowledged in one transaction: an answer of ours each, a millisecond
SETS_ANSWERED_AT_ONCE = 200  # of which the last transaction tells; of more is written what is told before it begins
FINDING_WEIGHT = 400  # stored, a finding has some 400 bytes


def weight_of(document: Document) -> int:
    """Return what writing the document costs, in bytes stored."""
    return DOCUMENT_WEIGHT + len(document.canonical or b"") + FINDING_WEIGHT * len(document.findings)


def stored_amount(documents: Sequence[Document], *, envelopes: int) -> Amount:
    """Return what documents and envelopes leave stored, for their partner's budget."""
    found = Amount(bytes=ENVELOPE_WEIGHT * envelopes, rows=ROWS_OF_ENVELOPE * envelopes)
    for each in documents:
        lines = len(each.canonical or b"") // LINE_BYTES  # each with its row, its promise and its keys
        found = found.plus(Amount(bytes=weight_of(each), rows=ROWS_OF_DOCUMENT + ROWS_OF_LINE * lines))
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
