"""Of all that an acknowledgement says, the worst counts. Pure.

A 997 says three things that ought to agree: a verdict on each set (AK5), one on the group (AK9), and counts. Where
they contradict each other a rejection somewhere is true more often than an acceptance: a system that writes AK9 by
rote wrote AK5 for a reason. What is contradicted is theirs, and a person compares.
"""

from __future__ import annotations

from collections.abc import Mapping

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.exchange.model import ACKNOWLEDGEMENTS_BY_GRAVITY, Acknowledgement
from hub.flow.x12.sentences import finding
from hub.flow.x12.their_notes import WORDS
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from hub.kernel.sentence import Word, Wording
from hub.kernel.struct import Struct

VERDICTS: Mapping[str, Acknowledgement] = {
    "accepted": "accepted",
    "accepted-with-errors": "accepted",
    "partly-accepted": "partly",
}
"""Words of the table ``ack`` (X12 715, 717) as the message log says them; every other is a rejection."""

_ORDER = ACKNOWLEDGEMENTS_BY_GRAVITY


class Weighed(Struct):
    """What an acknowledgement comes to."""

    verdict: Acknowledgement
    with_errors: bool  # accepted, and faults are noted all the same
    sets: dict[str, Acknowledgement]  # by ST02
    rest: Acknowledgement  # of sets of ours that it does not name
    in_words: str  # the verdict for people
    contradictions: list[Diagnostic]


def weigh(theirs: FunctionalAcknowledgement, sent: int, at: Location) -> Weighed:
    """Return what the acknowledgement of a group of ours with ``sent`` sets comes to; ``at`` is the group's place."""
    group, by_sets, counted = _of(theirs.verdict), _by_sets(theirs, sent), _by_counts(theirs, sent)
    verdict = group if group == "partly" else max((group, by_sets, counted), key=_ORDER.index)  # P says it already
    noted = any(each.verdict == "accepted-with-errors" or each.reason or each.faults for each in theirs.documents)
    with_errors = verdict == "accepted" and (theirs.verdict == "accepted-with-errors" or noted or bool(theirs.reason))
    contradictions: list[Diagnostic] = []
    if group != "partly" and _ORDER.index(by_sets) > _ORDER.index(group):
        rejected = sum(_of(each.verdict) != "accepted" for each in theirs.documents)
        count = max(len(theirs.documents), sent)
        why = Wording(key="theirs/ak5-rejects", words={"rejected": rejected, "count": count})
        contradictions.append(_contradiction(theirs, why, at))
    if group != "partly" and _ORDER.index(counted) > _ORDER.index(group):
        accepted, received = (theirs.counts.accepted, theirs.counts.received) if theirs.counts else (None, None)
        counts: dict[str, Word] = {"accepted": str(accepted), "received": str(received), "sent": sent}
        why = Wording(key="theirs/counts", words=counts)
        contradictions.append(_contradiction(theirs, why, at))
    if group == "rejected" and theirs.documents and by_sets == "accepted":
        contradictions.append(_contradiction(theirs, Wording(key="theirs/ak5-accepts"), at))
    sets = {each.number or "": "rejected" if verdict == "rejected" else _of(each.verdict) for each in theirs.documents}
    word = "accepted with errors" if with_errors else verdict
    return Weighed(
        verdict=verdict,
        with_errors=with_errors,
        sets=sets,
        rest=_rest(theirs, sent, verdict),
        in_words=word,
        contradictions=contradictions,
    )


def _of(word: str) -> Acknowledgement:
    return VERDICTS.get(word, "rejected")


def _by_sets(theirs: FunctionalAcknowledgement, sent: int) -> Acknowledgement:
    rejected = sum(_of(each.verdict) == "rejected" for each in theirs.documents)
    if not rejected:
        return "accepted"
    return "rejected" if rejected >= max(len(theirs.documents), sent) else "partly"


def _by_counts(theirs: FunctionalAcknowledgement, sent: int) -> Acknowledgement:
    """Return what the counts say: what arrived and was not accepted, or did not arrive, was not taken."""
    if theirs.counts is None or theirs.counts.accepted is None:
        return "accepted"
    accepted = min(theirs.counts.accepted, theirs.counts.received if theirs.counts.received is not None else sent)
    if accepted <= 0:
        return "rejected"
    return "accepted" if accepted >= max(sent, theirs.counts.received or 0) else "partly"


def _rest(theirs: FunctionalAcknowledgement, sent: int, verdict: Acknowledgement) -> Acknowledgement:
    """Return the verdict on sets that are not named: 004010 lets what was accepted be left out."""
    if verdict != "partly" or theirs.counts is None or theirs.counts.accepted is None:
        return verdict
    rejected = sum(_of(each.verdict) == "rejected" for each in theirs.documents)
    return "accepted" if rejected and theirs.counts.accepted + rejected >= sent else "partly"


def _contradiction(theirs: FunctionalAcknowledgement, why: Wording, at: Location) -> Diagnostic:
    word = WORDS.get(theirs.verdict, theirs.verdict)
    words: dict[str, Word] = {"word": word, "why": why}
    return finding("ENV-OURS-CONTRADICTION", Severity.WARNING, at, words, found=theirs.verdict)
