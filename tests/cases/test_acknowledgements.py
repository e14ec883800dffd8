"""Acknowledgements as partners really write them: what they say of our answer is heard, and the worst of it counts."""

from __future__ import annotations

import pytest

from hub.exchange.model import MessageDetail
from tests.cases.conftest import AtDoor


def _ours(at_door: AtDoor, name: str) -> MessageDetail:
    """Return our answer that the file acknowledges, as it stands now."""
    about = at_door.came[name].about
    assert about is not None
    return at_door.door.detail(about)


@pytest.mark.parametrize("name", ["03", "70", "72", "78"])
def test_an_acceptance_is_heard_however_its_numbers_are_padded(name: str, at_door: AtDoor) -> None:
    ours = _ours(at_door, name)
    assert ours.message.acknowledgement == "accepted", at_door.came[name].said
    assert {document.acknowledgement for document in ours.documents} == {"accepted"}
    assert ours.message.why is None


@pytest.mark.parametrize("name", ["75", "76"])
def test_a_refusal_is_seen_at_our_answer_and_at_their_acknowledgement_and_calls_a_person(
    name: str, at_door: AtDoor
) -> None:
    ours, theirs = _ours(at_door, name), at_door.came[name]
    assert ours.message.acknowledgement == "rejected"
    assert {document.acknowledgement for document in ours.documents} == {"rejected"}
    assert ours.message.why
    assert "found" not in theirs.said.splitlines()[:1]


@pytest.mark.parametrize(("name", "segment", "value"), [("75", "ACK", "20270305"), ("76", "BAK", "20261129")])
def test_why_they_refused_is_told_in_words_at_our_segment_on_both_messages(
    name: str, segment: str, value: str, at_door: AtDoor
) -> None:
    ours, theirs = _ours(at_door, name), at_door.came[name].detail
    for detail in (ours, theirs):
        findings = [*detail.findings, *(each for document in detail.documents for each in document.findings)]
        about = [each for each in findings if each.location.tag == segment]
        assert about, [str(each) for each in findings]
        assert any(value in f"{each.message} {each.found}" for each in about)
        assert all(each.remedy for each in about)


def test_an_acknowledgement_that_cannot_be_trusted_leaves_ours_open_and_calls_a_person(at_door: AtDoor) -> None:
    assert at_door.came["77"].called
    assert _ours(at_door, "77").message.acknowledgement == "awaited"


def test_who_asks_for_it_gets_a_ta1_for_an_acknowledgement_and_nothing_else(at_door: AtDoor) -> None:
    assert at_door.came["78"].form == ["TA1 A 000"]


def test_the_envelope_of_ours_is_taken_too(at_door: AtDoor) -> None:
    timeline = " ".join(f"{entry.event} {entry.text}" for entry in _ours(at_door, "03").timeline)
    assert "interchange" in timeline.lower()
