"""What a 997 says of our sets by its verdicts and counts: one verdict, and one on each set that it does not name."""

from __future__ import annotations

import pytest

from hub.canonical.acknowledgement import AcknowledgedDocument, Counts, FunctionalAcknowledgement
from hub.flow.x12.weighing import weigh
from hub.kernel.location import Location

HERE = Location(group="1", tag="AK9")


def said(verdict: str, *sets: str, counts: tuple[int | None, int | None] | None = None) -> FunctionalAcknowledgement:
    """Return an acknowledgement with verdicts on the first of our sets, and counts: received, accepted."""
    named = [AcknowledgedDocument(kind="855", number=f"{n:04d}", verdict=each) for n, each in enumerate(sets, start=1)]
    told = counts and Counts(included=3, received=counts[0], accepted=counts[1])
    return FunctionalAcknowledgement(verdict=verdict, documents=named, counts=told or None)


@pytest.mark.parametrize(
    ("told", "verdict", "rest"),
    [
        (said("partly-accepted", "rejected", counts=(3, 2)), "partly", "accepted"),
        (said("partly-accepted", "rejected", counts=(3, 1)), "partly", "partly"),
        (said("partly-accepted", "accepted", counts=(3, 3)), "partly", "partly"),
        (said("partly-accepted", counts=(3, 3)), "partly", "partly"),
        (said("partly-accepted", "rejected"), "partly", "partly"),
        (said("partly-accepted", "rejected", counts=(3, None)), "partly", "partly"),
        (said("accepted", counts=(3, 3)), "accepted", "accepted"),
        (said("accepted", counts=(None, 3)), "accepted", "accepted"),
        (said("accepted", counts=(None, 2)), "partly", "partly"),
        (said("accepted", counts=(2, 3)), "partly", "partly"),
        (said("accepted", counts=(4, 3)), "partly", "partly"),
        (said("accepted", counts=(4, 4)), "accepted", "accepted"),
        (said("accepted", counts=(3, 0)), "rejected", "rejected"),
        (said("accepted", "rejected", "accepted", "accepted"), "partly", "partly"),
        (said("accepted", "rejected", "rejected", "rejected"), "rejected", "rejected"),
        (said("accepted", "rejected", "rejected", "rejected", "rejected"), "rejected", "rejected"),
        (said("rejected", "accepted"), "rejected", "rejected"),
        (said("a word of a later release", "accepted"), "rejected", "rejected"),
    ],
)
def test_of_three_sets_of_ours_those_not_named_have_what_counts_and_verdicts_leave(
    told: FunctionalAcknowledgement, verdict: str, rest: str
) -> None:
    weighed = weigh(told, 3, HERE)
    assert (weighed.verdict, weighed.rest) == (verdict, rest)
