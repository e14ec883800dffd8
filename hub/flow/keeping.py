"""What is kept of documents that were refused for their form. Pure.

Each has a row of its own, with everything found about it, as long as those rows weigh no more than twice the message;
the first of them always, if need be with fewer of its findings. Of the others their number is kept, and what they are
about, by which they are found. Ten bytes can be a faulty document, and its row takes a kilobyte: without a bound
whoever sends junk fills the disk with a hundred times as much of ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from hub.exchange.weights import FINDING_BYTES, REFUSED_DOCUMENT_BYTES
from hub.flow.documents import Envelope
from hub.flow.summary import Settled
from hub.formats.named_faults import first_of
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.outcome import Key
from hub.kernel.sentence import Phrase, declared
from hub.kernel.struct import Struct

KEPT_OF_REFUSED = 2  # times the bytes of the message
KEPT_BYTES_MIN = 64 * 1024  # of a small message: some fifty faulty documents


class Kept(Struct):
    """What is kept of a message so far."""

    bytes: int = 0  # of rows of refused documents
    left_out: int = 0
    first: Location | None = None  # of those left out

    def after(self, portion: Sequence[Settled], message_bytes: int) -> tuple[Kept, list[Settled]]:
        """Return what is kept with a portion, and of it those that have a row of their own."""
        most = max(KEPT_BYTES_MIN, KEPT_OF_REFUSED * message_bytes)
        kept, with_row = self, list[Settled]()
        for settled in portion:
            first = not kept.bytes and settled.document.rejected
            each = _with_findings_that_fit(settled, most) if first else settled
            own = REFUSED_DOCUMENT_BYTES + FINDING_BYTES * len(each.row.findings)
            if not each.document.rejected:
                with_row.append(each)
            elif not kept.left_out and kept.bytes + own <= most:
                kept = replace(kept, bytes=kept.bytes + own)
                with_row.append(each)
            else:
                kept = replace(kept, left_out=kept.left_out + 1, first=kept.first or each.place())
        return kept, with_row

    def findings(self) -> list[Diagnostic]:
        """Say how many were left out, if any."""
        if self.first is None:
            return []
        return [
            Diagnostic(
                code="ENV-DOCUMENTS-NOT-KEPT",
                severity=Severity.WARNING,
                words={"count": self.left_out},
                location=self.first,
                found=str(self.left_out),
            )
        ]


def _with_findings_that_fit(settled: Settled, most: int) -> Settled:
    """Return a document with the first of its findings, no more than may be kept, and how many more there were."""
    row = settled.row
    findings = first_of(row.findings, (most - REFUSED_DOCUMENT_BYTES) // FINDING_BYTES - 1)
    return settled if len(findings) == len(row.findings) else replace(settled, row=replace(row, findings=findings))


def envelope_keys(found: Sequence[Envelope]) -> list[Key]:
    """Return the control references of envelopes, where they have one that could be read."""
    return [Key(kind=each.kind, value=each.reference) for each in found if each.kind and each.numbered]


declared(
    {
        "ENV-DOCUMENTS-NOT-KEPT": Phrase(
            message="{count} more documents were refused for their form; what was found in each is not kept",
            remedy="Put right what was found in the documents before, and send all of them again",
        )
    }
)
