"""Documents other people wrote: what is clean stays clean, and what is not says why.

``CLEAN`` and ``FAULTY`` name files of the shared samples; their contents are not part of the project.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.x12.compose import compose
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.reader import read
from hub.formats.x12.second_opinion import second_opinion
from hub.formats.x12.validate import GuidedSet, compile_guide
from hub.kernel.errors import Unreadable
from tests.formats.x12.guide_documents import library, plain

LIBRARY = library()
CONVENTION = "004010"


def sets_of(path: Path) -> list[TransactionSet]:
    """The sets of ``path`` in our release that we have a guide for."""
    found: list[TransactionSet] = []
    try:
        for event in read(path.read_bytes()):
            if isinstance(event, TransactionSet) and event.release.startswith(CONVENTION):
                found += [event] if LIBRARY.guide(event.release, event.kind) else []
    except Unreadable:
        return found
    return found


def judge(one: TransactionSet) -> GuidedSet:
    guide = LIBRARY.guide(one.release, one.kind)
    assert guide is not None
    return compile_guide(guide).check(one)


@pytest.fixture(scope="module")
def samples(shared: Path) -> list[tuple[str, TransactionSet]]:
    """Every set we have a guide for, with its file's name."""
    root = shared / "samples" / "x12"
    return [(p.name, one) for p in sorted(root.rglob("*")) if p.is_file() for one in sets_of(p)]


FAULTY = {
    "PurchaseOrderCustom1.txt": ["GDE-TOO-MANY-ELEMENTS@2 BEG"],
    "PurchaseOrderCustom2.txt": ["GDE-TOO-MANY-ELEMENTS@2 BEG", "GDE-SEGMENT-ORDER@7 N2", "GDE-TOO-MANY-ELEMENTS@7 N2"],
    "PurchaseOrderModified.txt": ["GDE-ELEMENT-TOO-LONG@2 BEG", "GDE-TOO-MANY-ELEMENTS@2 BEG"],
    "PurchaseOrdersAcknowledgement.txt": ["GDE-ELEMENT-CODE@4 N1"],
    "850.SyntaxNotes.ERR.edi": ["GDE-ELEMENT-CONDITION@13 PO1", "GDE-ELEMENT-CONDITION@30 PO4"],
}


def test_the_faults_of_third_party_documents_are_found_one_by_one(samples: list[tuple[str, TransactionSet]]) -> None:
    for name, expected in FAULTY.items():
        bad = [judge(one) for file, one in samples if file == name]
        found = [[f"{f.code}@{f.location.segment} {f.location.tag}" for f in checked.findings] for checked in bad]
        assert expected in found, name


def test_most_third_party_documents_are_clean_and_pyx12_agrees(samples: list[tuple[str, TransactionSet]]) -> None:
    verdicts: dict[str, list[bool]] = {}
    for name, one in samples:
        guide = LIBRARY.guide(one.release, one.kind)
        assert guide is not None
        refused = judge(one).is_rejected
        theirs = [f for f in second_opinion(one.segments, guide, one.separators) if f.severity.is_reject]
        assert refused == bool(theirs), (name, theirs)
        verdicts.setdefault(one.kind, []).append(not refused)
    assert sum(verdicts["850"]) >= 60
    assert sum(verdicts["855"]) >= 8
    assert all(verdicts["997"])


def test_clean_third_party_documents_are_written_as_they_were_read(samples: list[tuple[str, TransactionSet]]) -> None:
    for name, one in samples:
        checked = judge(one)
        guide = LIBRARY.guide(one.release, one.kind)
        if checked.findings or guide is None:
            continue
        mark = one.separators.component or ":"
        composed = compose(checked.root, guide)
        again = [[plain(value).replace(":", mark) for value in segment] for segment in composed.segments]
        sent = [list(segment) for segment in one.body]
        for written, original in zip(again, sent, strict=False):
            if written[0] != "CTT":
                assert [v.replace(":", mark) for v in original] == written, name
        assert composed.findings == []


def test_the_conversation_of_the_examples_is_clean(shared: Path) -> None:
    for name in ("850", "855", "997"):
        text = (shared / "examples" / "x12-004010" / f"{name}.edi").read_bytes()
        events = [event for event in read(text, bare=True) if isinstance(event, TransactionSet)]
        guide = LIBRARY.guide("004010", name)
        assert guide is not None
        assert [compile_guide(guide).check(one).findings for one in events] == [[]]
