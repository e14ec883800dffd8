"""What takes effect in one transaction: so much that the one writer is held for some 25 ms, whatever it is. Pure.

Intake waits behind it, and so does everybody else's message: a portion is bounded by what writing it costs, not by how
many documents it counts. What a document costs is its rows, and what is stored of it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

from msgspec.structs import replace

from hub.exchange import weights
from hub.exchange.weights import Amount
from hub.flow.documents import Document, Survey
from hub.flow.drafts import Reply
from hub.flow.preparing import PreparedDocument
from hub.kernel.struct import Struct

DOCUMENTS_PER_PORTION = 50  # orders of one line, half a millisecond each where they were prepared
PORTION_WEIGHT_MAX = 200_000  # in bytes of what is stored: at 8 bytes a microsecond some 25 ms
ENVELOPES_PER_PORTION = 100  # references of envelopes entered in one transaction, a tenth of a millisecond each
ENVELOPES_ACKNOWLEDGED_AT_ONCE = 20  # in one transaction: an answer of ours each, a millisecond
DOCUMENTS_ACKNOWLEDGED_AT_ONCE = 200  # in the last transaction; of more, what is said is written before it begins


class Portion(Struct):
    """What takes effect in one transaction: some of a message's envelopes, documents or acknowledgements, or all."""

    survey: Survey
    documents: list[Document] = []
    prepared: dict[int, PreparedDocument] = {}  # by position of the document
    entered: int = 0  # envelopes whose references are entered with it, or were before: so many, from the first
    acknowledged: int = 0  # envelopes that are acknowledged with it, or were before
    replies: list[Reply] | None = None  # what is said of them, where that was written beforehand
    last: bool = False


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


async def with_envelopes_cut(read: AsyncIterator[Portion], *, finished_before: bool) -> AsyncIterator[Portion]:
    """Cut envelopes into portions as well: references are entered before any document, acknowledgements go after all.

    Most messages are one portion. Of ``read`` the last is marked so; which is the last of all is said here. What an
    earlier run has acknowledged (``finished_before``) is not acknowledged again, and needs no portion.
    """
    entered = documents = 0
    async for portion in read:
        count = len(portion.survey.envelopes)
        while count - entered > ENVELOPES_PER_PORTION:
            entered += ENVELOPES_PER_PORTION
            yield Portion(survey=portion.survey, entered=entered)
        entered = count
        documents += len(portion.documents)
        few = count <= ENVELOPES_ACKNOWLEDGED_AT_ONCE and documents <= DOCUMENTS_ACKNOWLEDGED_AT_ONCE
        last = portion.last and (few or finished_before)
        yield replace(portion, entered=count, acknowledged=count if last else 0, last=last)
        if portion.last and not last:
            at_once = ENVELOPES_ACKNOWLEDGED_AT_ONCE
            for done in range(at_once, count + at_once, at_once):
                so_far = min(done, count)
                yield Portion(survey=portion.survey, entered=count, acknowledged=so_far, last=so_far == count)
