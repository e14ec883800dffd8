"""What is said of several documents in the canonical acknowledgement is the worst of what is said of each."""

from __future__ import annotations

import pytest

from hub.flow.documents import JudgedDocument
from hub.flow.verdicts import verdict_on
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location


@pytest.mark.parametrize(
    ("faulty", "verdict"),
    [
        ([False], "accepted"),
        ([True], "rejected"),
        ([True, True], "rejected"),
        ([True, False], "partly-accepted"),
    ],
)
def test_of_several_documents_some_rejected_is_told_as_accepted_in_part(faulty: list[bool], verdict: str) -> None:
    fault = Diagnostic(code="GDE-VALUE-TYPE", severity=Severity.VALUE, location=Location(at="/Order"))
    outcomes = [JudgedDocument(envelope=1, group=0, kind="Order", number="1", findings=[fault] * f) for f in faulty]
    told = verdict_on(outcomes, "/")
    assert told.verdict == verdict
    assert [each.verdict == "rejected" for each in told.documents] == faulty
