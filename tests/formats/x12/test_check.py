"""The verdict on a file, the answers it would get, and the verdict on everything partners have published."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.formats.x12.answer import answer
from hub.formats.x12.check import Report, check
from hub.formats.x12.events import InterchangeStart, TransactionSet
from hub.formats.x12.guide import Guide
from hub.formats.x12.guides import GuideLibrary
from hub.formats.x12.reader import read
from hub.kernel.diagnostics import Diagnostic, Severity
from tests.formats.x12.interchanges import SOUND, group, interchange, order

GUIDES = GuideLibrary([Path(__file__).resolve().parents[3]])
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def report(data: bytes) -> Report:
    return check(data, GUIDES.guide)


def answers(data: bytes) -> list[str]:
    """Return the lines of what the sender gets."""
    written = [answer(received, NOON) for received in report(data).interchanges]
    return [line for one in written if one for line in (one.body or b"").decode().splitlines()]


def test_a_sound_order_is_valid() -> None:
    found = report(SOUND)
    assert (found.verdict, [one.verdict for one in found.sets], found.findings) == ("valid", ["valid"] * 2, [])
    assert [(one.set, one.control_number, one.segments, one.guide) for one in found.sets] == [
        ("850", "0001", 5, "004010/850"),
        ("850", "0002", 5, "004010/850"),
    ]


def test_a_fault_in_one_set_leaves_the_other_valid() -> None:
    found = report(interchange(group(order("0001", ("PO1*1*x*EA~",)), order("0002"))))
    assert (found.verdict, [one.verdict for one in found.sets]) == ("findings", ["findings", "valid"])
    assert all(one.location.document == "0001" for one in found.findings)


def test_a_set_without_a_guide_is_read_to_its_end() -> None:
    found = report(interchange(group(order("0001").replace("ST*850", "ST*867"))))
    assert (found.verdict, found.sets[0].verdict, found.sets[0].guide) == ("no-guide", "no-guide", None)


def test_a_set_that_passed_a_limit_is_not_judged_by_what_is_left_of_it() -> None:
    endless = "ST*850*0001~BEG*" + "A" * 100_000 + "~CTT*1~SE*4*0001~"
    assert [one.code for one in report(interchange(group(endless))).findings] == ["SYN-SEGMENT-TOO-LONG"]


def test_notes_alone_do_not_spoil_the_verdict() -> None:
    found = report(b"\xef\xbb\xbf" + SOUND)
    assert (found.verdict, [one.severity for one in found.findings]) == ("valid", [Severity.NOTE])


@pytest.mark.parametrize("data", [b"", b"<xml/>", b"ISA*00*", b"\0" * 100])
def test_what_is_no_x12_is_a_verdict_with_a_remedy(data: bytes) -> None:
    found = report(data)
    assert (found.verdict, found.sets) == ("not-x12", [])
    assert found.findings[0].remedy


def test_a_bare_set_is_judged_by_the_release_of_our_traffic() -> None:
    found = report(order("0001").replace("~", "~\n").encode())
    assert (found.verdict, found.sets[0].guide, found.sets[0].release) == ("valid", "004010/850", None)


def test_a_second_opinion_stands_beside_and_decides_nothing() -> None:
    def opinion(received: TransactionSet, guide: Guide) -> list[Diagnostic]:
        assert received.body[0][0] == "BEG"
        return [Diagnostic(code="GDE-SECOND-ELEMENT", severity=Severity.VALUE, told="wrong")]

    found = check(SOUND, GUIDES.guide, opinion=opinion)
    assert (found.verdict, found.findings, len(found.second_opinions)) == ("valid", [], 2)


def test_a_set_in_a_group_of_another_kind_is_refused() -> None:
    data = SOUND.replace(b"GS*PO*", b"GS*IN*")
    assert {one.code for one in report(data).findings} == {"ENV-SET-NOT-OF-GROUP"}
    assert "AK5*R*6~" in answers(data)


def test_the_sender_gets_a_997_addressed_back_with_its_own_separators() -> None:
    lines = answers(SOUND.replace(b"*", b"|"))
    assert lines == [
        "ISA|00|          |00|          |01|556012345      |ZZ|ACMECARDIO     |261120|1200|U|00401|000000001|0|P|>~",
        "GS|FA|556012345|ACMECARDIO|20261120|1200|1|X|004010~",
        "ST|997|0001~",
        "AK1|PO|7~",
        "AK2|850|0001~",
        "AK5|A~",
        "AK2|850|0002~",
        "AK5|A~",
        "AK9|A|2|2|2~",
        "SE|8|0001~",
        "GE|1|1~",
        "IEA|1|000000001~",
    ]


def test_a_ta1_asked_for_stands_between_isa_and_gs() -> None:
    lines = answers(SOUND.replace(b"*0*P*>", b"*1*P*>"))
    assert lines[1] == "TA1*000000001*261120*0830*A*000~"
    assert lines[2].startswith("GS*FA*")


def test_a_refused_interchange_gets_its_ta1_and_no_997() -> None:
    lines = answers(SOUND[: SOUND.index(b"IEA")])
    assert [line[:3] for line in lines] == ["ISA", "TA1", "IEA"]
    assert lines[1] == "TA1*000000001*261120*0830*R*023~"
    assert answers(SOUND.replace(b"~", b"Q"))[1] == "TA1*000000001*261120*0830*R*004~"


def test_acknowledgements_are_not_answered() -> None:
    received = answers(SOUND)
    assert answers("".join(received).encode()) == []


def test_an_unknown_set_is_refused_in_the_answer() -> None:
    assert "AK5*R*1~" in answers(interchange(group(order("0001").replace("ST*850", "ST*867"))))


def test_separators_we_would_not_write_with_are_replaced_in_the_answer() -> None:
    assert answers(SOUND.replace(b"~", "…".encode()))[0].endswith("*P*>~")


def samples(shared: Path) -> list[Path]:
    return sorted(path for path in (shared / "samples" / "x12").rglob("*") if path.is_file())


def test_every_published_file_gets_a_verdict_and_is_read_to_its_end(shared: Path) -> None:
    counted: Counter[str] = Counter()
    for path in samples(shared):
        counted[report(path.read_bytes()).verdict] += 1
    total = sum(counted.values())
    assert counted["not-x12"] <= 1  # one of the files is empty
    assert (total - counted["not-x12"]) / total >= 0.95


def test_the_answer_to_every_published_file_is_x12_itself(shared: Path) -> None:
    for path in samples(shared):
        for received in report(path.read_bytes()).interchanges:
            written = answer(received, NOON)
            if written is None:
                continue
            assert written.body, (path, written.findings)
            events = list(read(written.body))
            assert isinstance(events[0], InterchangeStart)
            assert [f for event in events for f in getattr(event, "findings", []) if f.severity.is_reject] == [], path


def test_the_reference_orders_are_valid(shared: Path) -> None:
    folder = shared / "examples" / "x12-004010"
    verdicts = {path.stem: report(path.read_bytes()).verdict for path in sorted(folder.glob("*.edi"))}
    assert {name: verdicts[name] for name in ("850", "855", "997")} == dict.fromkeys(("850", "855", "997"), "valid")
    assert set(verdicts.values()) <= {"valid", "no-guide"}
