"""Junk is stored at a small multiple of its size, and what is told of it stays right."""

from __future__ import annotations

import pytest

from hub.flow.keeping import KEPT_BYTES_MIN
from hub.flow.summary import ENVELOPE_FINDINGS_MAX, shown
from hub.formats.x12.acknowledge import NOTES_MAX, SETS_TOLD_MAX
from hub.formats.x12.limits import SETS_PER_MESSAGE_MAX
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from tests.flow.at_work import AtWork, assert_each_finding_helps, codes
from tests.flow.wire import group, interchange, line, of_kind, order, transaction

FACTOR = 3  # of the bytes of the junk
FLOOR = 512 * 1024  # pages that tables and indexes take before anything is said of any set


def bad(number: int, lines: int = 1) -> str:
    faulty = "".join(line(n, quantity="MANY") for n in range(1, lines + 1))
    return transaction(order(f"45{number:08d}", lines=faulty), control=f"{number:04d}")


JUNK = {
    "sets never closed": interchange(group("ST*850*1~" * SETS_PER_MESSAGE_MAX)),
    "a megabyte of them": interchange(group("ST*850*1~" * 120_000)),
    "empty sets": interchange(group("ST*850*1~SE*2*1~" * 15_000)),
    "empty sets of no kind": interchange(group("ST~SE~" * SETS_PER_MESSAGE_MAX)),
    "sets of an unknown kind": interchange(group("ST*999*0001~SE*2*0001~" * 10_000)),
    "sets without a group": interchange("ST*850*0001~BEG~SE*3*0001~" * 10_000, count=0),
    "sixty bad lines in each": interchange(group(*(bad(n, 60) for n in range(1, 201)))),
    "one bad line in each": interchange(group(*(bad(n) for n in range(1, 1_201)))),
    "sets of a wrong release": interchange(group(*(bad(n) for n in range(1, 801)), release="003010")),
    "one very bad set": interchange(group(bad(1, 5_000))),
    "segments outside": interchange(group(*["XX*1~" * 60_000])),
    "no X12": b"junk" * 80_000,
}


@pytest.mark.parametrize("name", JUNK)
def test_junk_takes_no_more_than_a_few_times_its_bytes(hub: AtWork, name: str) -> None:
    body = JUNK[name]
    before = _stored(hub)
    got = hub.send(body)
    blob = sum(path.stat().st_size for path in (hub.data / "blobs").rglob("*") if path.is_file())
    assert _stored(hub) - before + blob <= FLOOR + FACTOR * len(body)
    assert got.message.stage == "finished"
    assert got.message.validation in ("rejected", "unreadable")
    assert_each_finding_helps(got)


def _stored(hub: AtWork) -> int:
    return hub.hub.database.read_now(
        lambda conn: (
            (conn.exec_driver_sql("PRAGMA page_count").scalar() or 0)
            * (conn.exec_driver_sql("PRAGMA page_size").scalar() or 0)
        )
    )


@pytest.mark.parametrize("sets", [1, 30, 200, SETS_TOLD_MAX, SETS_TOLD_MAX + 1, 3_000])
def test_refused_sets_are_counted_kept_and_told(hub: AtWork, sets: int) -> None:
    body = interchange(group(*(f"ST*850*{n:04d}~BEG~SE*3*{n:04d}~" for n in range(1, sets + 1))))
    got = hub.send(body)
    assert got.message.documents == sets
    kept = len(got.documents)
    assert kept == sets or kept >= 20
    assert [row.position for row in got.documents] == list(range(1, kept + 1)), "the first are kept"
    assert all(row.outcome == "refused" and row.findings for row in got.documents)
    left_out = [finding for finding in got.findings if finding.code == "ENV-DOCUMENTS-NOT-KEPT"]
    assert [finding.found for finding in left_out] == ([] if kept == sets else [str(sets - kept)])
    [told] = of_kind(hub.answers(got.message.id), "997")
    assert told.one("AK9")[1:5] == ["R", str(sets), str(sets), "0"]
    assert len(told.all("AK2")) == (sets if sets <= SETS_TOLD_MAX else 0)
    assert {ak5[1] for ak5 in told.all("AK5")} <= {"R"}


def test_sound_sets_among_many_refused_take_effect_and_are_told_apart(hub: AtWork) -> None:
    """Every refused set is told R and every sound one A, whether it is kept or not."""
    junk = [f"ST*850*{n:04d}~BEG~SE*3*{n:04d}~" for n in range(1, 1_501)]
    junk[700:700] = [transaction(order("4500000001"), control="9001")]
    junk.append(transaction(order("4500000002"), control="9002"))
    got = hub.send(interchange(group(*junk)))
    assert sorted(row.number for row in hub.orders()) == ["4500000001", "4500000002"]
    assert got.message.documents == 1_502
    assert [row.subject for row in got.documents if row.outcome == "accepted"] == ["4500000001", "4500000002"]
    assert "ENV-DOCUMENTS-NOT-KEPT" in codes(got)
    [told] = of_kind(hub.answers(got.message.id), "997")
    assert told.one("AK9")[1:5] == ["P", "1502", "1502", "2"]
    verdicts = dict(zip([ak2[2] for ak2 in told.all("AK2")], [ak5[1] for ak5 in told.all("AK5")], strict=True))
    assert len(verdicts) == 1_502
    assert [number for number, verdict in verdicts.items() if verdict == "A"] == ["9001", "9002"]


def test_a_batch_of_orders_that_are_all_at_fault_is_kept_as_long_as_it_weighs_little(hub: AtWork) -> None:
    got = hub.send(interchange(group(*(bad(n) for n in range(1, 41)))))
    assert len(got.documents) == 40
    assert "ENV-DOCUMENTS-NOT-KEPT" not in codes(got)
    assert len(b"x" * KEPT_BYTES_MIN) > 0


def test_an_acknowledgement_does_not_name_every_fault_of_ten_thousand(hub: AtWork) -> None:
    got = hub.send(
        interchange(group(*(bad(n, 60) for n in range(1, 251)), transaction(order("4599999999"), control="9999")))
    )
    [told] = of_kind(hub.answers(got.message.id), "997")
    assert len(told.all("AK2")) == len(told.all("AK5")) == 251
    assert len(told.all("AK3")) + len(told.all("AK4")) <= NOTES_MAX + 500
    assert [ak5[1] for ak5 in told.all("AK5")] == ["R"] * 250 + ["A"]


def test_as_many_faults_of_envelopes_as_may_be_shown_are_all_shown() -> None:
    found = [
        Diagnostic(code="X", severity=Severity.NOTE, told="m", location=Location(segment=n))
        for n in range(ENVELOPE_FINDINGS_MAX + 2)
    ]
    assert shown(found[:-2]) == found[:-2]
    *first, last = shown(found)
    assert first == found[:-2]
    assert (last.code, last.found, last.location) == ("ENV-MORE-FINDINGS", "2", found[-2].location)


def test_faults_of_envelopes_are_shown_up_to_a_most_and_then_counted(hub: AtWork) -> None:
    body = b"".join(interchange(group(number=n, count=7), number=n, count=9) for n in range(1, 401))
    got = hub.send(body)
    assert len(got.findings) == ENVELOPE_FINDINGS_MAX + 1
    assert got.findings[-1].code == "ENV-MORE-FINDINGS"
    assert_each_finding_helps(got)
