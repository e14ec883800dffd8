"""The customers of the reference data who speak no X12: their samples are answered as their READMEs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flow.at_work import AtWork
from tests.house import CHECKOUT


@pytest.mark.parametrize(
    ("partner", "sample", "said"),
    [
        ("summit-surgical", "order.xml", b"SU-2026-004802"),
        ("helix-diagnostics", "order.json", b"HX-100-2240"),
        ("borealis-ortho", "order.edi", b"|BOREALISORTHO "),
    ],
)
def test_a_sample_is_accepted_as_ordered_and_acknowledged(hub: AtWork, partner: str, sample: str, said: bytes) -> None:
    got = hub.send(Path(CHECKOUT / "partners" / partner / "samples" / sample).read_bytes(), partner)
    assert (got.message.validation, got.message.outcome, got.message.attention) == ("valid", "accepted", None)
    assert {finding.code for document in got.documents for finding in document.findings} == {"BUS-NOT-PLANNED"}
    answers = hub.answers(got.message.id)
    assert {row.document for row in got.answers} == {"FunctionalAcknowledgement", "OrderAcknowledgement"}
    assert all(said in each.body for each in answers)
