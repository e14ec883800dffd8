"""What takes effect next of a message, and what its portions written so far have come to. Values; pure."""

from __future__ import annotations

from hub.exchange.model import Acknowledgement, Judgement
from hub.exchange.recording import TestsBefore
from hub.exchange.weights import Amount
from hub.flow.documents import Document, Envelope
from hub.flow.drafts import Reply
from hub.flow.keeping import Kept
from hub.flow.portions import DOCUMENTS_ACKNOWLEDGED_AT_ONCE, Portion
from hub.flow.summary import Summary
from hub.flow.tasks import Task
from hub.kernel.struct import Struct

DOCUMENTS_OF_A_GROUPED_MESSAGE_MAX = 2  # most messages hold one order
CANONICAL_BYTES_OF_A_GROUPED_MESSAGE_MAX = 8 * 1024  # ten lines; what is longer holds the writer as long as the rest


class Progress(Struct):
    """What the portions written so far have come to."""

    envelopes: list[Envelope] = []  # with what was found when their references were entered
    judgements: list[Judgement] = []
    resent: frozenset[str] = frozenset()  # messages whose answers were sent once more
    summary: Summary = Summary()
    kept: Kept = Kept()
    tests: TestsBefore = TestsBefore()  # what an earlier run took each document for: a test never becomes real
    keys: int = 0  # by which it is found
    read: int = 0  # position of the last document
    owed: int = 0  # and of the last of which it is said what we owe for it
    acknowledged: int = 0  # envelopes
    acknowledgements: list[Acknowledgement] = []  # of them, at worst
    stored: Amount = Amount()  # with the last portion
    became: list[tuple[str | None, str, str]] = []  # its documents: canonical name, validation, outcome
    alone: list[Reply] = []  # only of the envelope: they go out together, with the last portion


class Unsettled(Struct):
    """A portion of a message that takes effect now, and what the portions before it have come to."""

    task: Task
    portion: Portion
    before: Progress | None

    def envelope_of(self, document: Document) -> Envelope:
        """Return the envelope it stands in, as it was before its number was judged."""
        return self.portion.survey.envelopes[document.envelope - 1]

    @property
    def acknowledges_many(self) -> bool:
        """Whether long acknowledgements go out with the portion: never twice."""
        if self.before is None or not self.portion.acknowledged or self.task.finished_before:
            return False
        return len(self.before.summary.judged) > DOCUMENTS_ACKNOWLEDGED_AT_ONCE

    @property
    def may_be_grouped(self) -> bool:
        """Whether it may be settled with others: a whole message, small, and all of its effect was prepared."""
        documents, prepared = self.portion.documents, self.portion.prepared
        whole = self.before is None and self.portion.last
        if self.task.again or not whole or len(documents) > DOCUMENTS_OF_A_GROUPED_MESSAGE_MAX:
            return False
        if sum(len(each.canonical or b"") for each in documents) > CANONICAL_BYTES_OF_A_GROUPED_MESSAGE_MAX:
            return False
        return all(each.position in prepared for each in documents if each.takes_effect)
