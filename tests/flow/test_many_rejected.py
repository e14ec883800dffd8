"""Of many sets that were rejected the log says how many, and which was the first."""

from __future__ import annotations

import pytest

from hub.exchange.weights import FINDING_BYTES, REFUSED_DOCUMENT_BYTES
from hub.flow.keeping import KEPT_BYTES_MIN
from tests.flow.at_work import AtWork
from tests.flow.wire import group, interchange, order, transaction


@pytest.mark.parametrize(("sets", "bad"), [(12, {3, 4, 5, 7, 9, 10, 12}), (2, {2}), (3, {1, 2, 3}), (60, {55})])
def test_a_message_of_many_says_how_many_were_rejected(hub: AtWork, sets: int, bad: set[int]) -> None:
    made = [
        transaction(order(f"N-{n}").replace("*100*EA", "*+1*EA" if n in bad else "*100*EA", 1), control=f"{n:04d}")
        for n in range(1, sets + 1)
    ]
    got = hub.send(interchange(group(*made)))
    said = f"Rejected: {len(bad)} of {sets} documents; first: document {min(bad):04d}, about N-{min(bad)}: PO102 "
    assert str(got.message.why).startswith(said)


def test_of_one_set_it_is_plain_which(hub: AtWork) -> None:
    got = hub.send(interchange(group(transaction(order("N-1").replace("*100*EA", "*+1*EA", 1)))))
    assert str(got.message.attention).startswith("Rejected: PO102 ")


def test_of_a_small_message_as_many_rejected_sets_are_kept_as_weigh_no_more_than_is_kept_of_it(hub: AtWork) -> None:
    faulty = order("N-1").replace("*100*EA", "*+1*EA", 1)
    got = hub.send(interchange(group(*(transaction(faulty, control=f"{n:04d}") for n in range(1, 101)))))
    weight = REFUSED_DOCUMENT_BYTES + FINDING_BYTES * len(got.documents[0].findings)
    assert len(got.documents) == KEPT_BYTES_MIN // weight
    (told,) = [each for each in got.findings if each.code == "ENV-DOCUMENTS-NOT-KEPT"]
    assert told.found == str(100 - len(got.documents))
    assert told.message.startswith(f"{told.found} more documents were refused")
    assert told.location.document == f"{len(got.documents) + 1:04d}", "the first of those left out"
