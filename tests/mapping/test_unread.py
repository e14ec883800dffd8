"""What no rule reads and yet bears on the answer stands with its line or order; what bears on nothing is a note."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.canonical.order import PurchaseOrder
from hub.formats.families import SchemaLibrary
from hub.mapping.documents import DocumentRead, read_documents
from hub.mapping.library import MapLibrary

CHECKOUT = Path(__file__).resolve().parents[2]
HEAD = "ISA*00*          *00*          *01*123456789      *ZZ*MEDCM          *261120*0600*U*00401*000000001*0*P*>~"
PARTNER = """[map]
extends = "x12/004010/850"
partner = "acme-cardio"
"""


def read(library: MapLibrary, *, head: str = "", line: str = "", name: str = "acme-cardio/850") -> DocumentRead:
    lines = f"PO1*1*5*EA*2*PE*BP*A~{line}PO1*2*5*EA*2*PE*BP*B~"
    body = f"BEG*00*SA*1**20261120~CUR*BY*USD~{head}N1*ST*Here*92*DC~{lines}CTT*2~"
    stated = body.count("~") + 2
    document = f"ST*850*0001~{body}SE*{stated}*0001~"
    text = f"{HEAD}GS*PO*1*2*20261120*0600*1*X*004010~{document}GE*1*1~IEA*1*000000001~"
    (each,) = [each for each in read_documents(library.map(name), text.encode()) if each.applied]
    return each


def library(extra: Path | None = None) -> MapLibrary:
    roots = [CHECKOUT, *([extra] if extra else [])]
    return MapLibrary(roots, SchemaLibrary(roots))


BASE = library()


def kept(each: DocumentRead) -> tuple[list[Any], list[list[Any]]]:
    assert each.applied is not None
    document = each.applied.document
    assert isinstance(document, PurchaseOrder)
    return document.unweighed, [line.unweighed for line in document.lines]


OF_THE_LINE = [
    ("IT3*5*EA~", "quantity", "IT301", "5"),
    ("TD5**2*UPSN****DE*MEMPHIS~", "place", "TD507", "DE"),
    ("DTM*002*20270305*0000*UT~", "date", "DTM04", "UT"),
    ("DTM*002****CM*202703~", "date", "DTM05", "CM"),
    ("QTY*38*10~", "quantity", "QTY01", "38"),
    ("PO3*ZZ*20270305***PE*5*EA~", "date", "PO302", "20270305"),
    ("LS*LDT~LDT*AF*10*DA~LE*LDT~", "date", "LDT01", "AF"),
    ("N9*ZZ*1~DTM*002*20270305~", "date", "DTM01", "002"),
    ("N1*ST*There*92*2~SCH*5*EA***002*20270305~", "quantity", "SCH01", "5"),
    ("SLN*1**I*1*EA~DTM*002*20270305~", "date", "DTM01", "002"),
    ("PAM*01*5*EA~", "quantity", "PAM01", "01"),
    ("CTP**CON*2*1*EA*DIS*.9~", "price", "CTP06", "DIS"),
]


@pytest.mark.parametrize(("said", "meaning", "place", "value"), OF_THE_LINE, ids=[said for said, *_ in OF_THE_LINE])
def test_what_a_line_says_and_no_rule_reads_stands_with_that_line(
    said: str, meaning: str, place: str, value: str
) -> None:
    each = read(BASE, line=said)
    whole, lines = kept(each)
    assert whole == []
    assert lines[1] == []
    assert (meaning, place, value) == (lines[0][0].meaning, lines[0][0].place, lines[0][0].value)
    assert {finding.severity.name for finding in each.findings if finding.code == "MAP-UNWEIGHED"} == {"WARNING"}


OF_THE_ORDER = [
    "LDT*AF*10*DA~",
    "CTP**CON*2~",
    "PAM*01*5*EA~",
    "DTM*002*20270305*0000*UT~",
    "TD5**2*UPSN****DE*MEMPHIS~",
    "TD5**2*UPSN*******CD*5~",
    "AMT*1*100~",
    "N9*ZZ*1~DTM*002*20270305~",
    "SPI*00~DTM*002*20270305~",
    "CSH*N****20270305~",
]


@pytest.mark.parametrize("said", OF_THE_ORDER)
def test_what_the_order_says_and_no_rule_reads_stands_with_the_order(said: str) -> None:
    whole, lines = kept(read(BASE, head=said))
    assert whole
    assert lines == [[], []]


@pytest.mark.parametrize(
    "said", ["TAX*9912~", "TXI*VA*3.1*19~", "N9*ZZ*1**20261120~", "MEA*PD*WT*5*KG~", "PID*F*08***Words~", "MAN*CP*1~"]
)
def test_what_bears_on_nothing_is_a_note_at_most(said: str) -> None:
    each = read(BASE, head=said)
    assert kept(each) == ([], [[], []])
    assert {finding.code for finding in each.findings} <= {"MAP-UNREAD", "MAP-CODE-PASSED"}


@pytest.mark.parametrize(
    ("rule", "said", "held"),
    [
        ('DTM04 = "none"', "DTM*002*20270305*0000*UT~", False),
        ('"623" = "none"', "DTM*002*20270305*0000*UT~", False),
        ('DTM = "none"', "DTM*002*20270305*0000*UT~", False),
        ('IT3 = "none"', "IT3*5*EA~", False),
        ('IT3 = "none"', "QTY*38*10~", True),
        ('"N9/DTM" = "none"', "N9*ZZ*1~DTM*002*20270305~", False),
        ('"N9/DTM" = "none"', "SLN*1**I*1*EA~DTM*002*20270305~", True),
        ('"N9/DTM01" = "none"', "N9*ZZ*1~DTM*002*20270305~", True),
        ('QTY = "none"\nQTY02 = "quantity"', "QTY*38*10~", True),
        ('CTB = "price"', "CTB*OR*AS AGREED~", True),
        ('"352" = "date"', "CTB*OR*AS AGREED~", True),
    ],
)
def test_a_partner_says_otherwise_in_a_map_of_its_own_and_the_narrowest_word_holds(
    tmp_path: Path, rule: str, said: str, held: bool
) -> None:
    folder = tmp_path / "mappings" / "acme-cardio"
    folder.mkdir(parents=True)
    (folder / "850.toml").write_text(f"{PARTNER}\n[codes.unread]\n{rule}\n")
    _, lines = kept(read(library(tmp_path), line=said))
    assert bool(lines[0]) is held


@pytest.mark.parametrize("said", ["DTM*002**0659~", "DTM*064**0659~", "DTM*063**0659~"])
def test_a_half_that_was_not_taken_stands_with_its_line(said: str) -> None:
    _, lines = kept(read(BASE, line=said))
    assert [(each.meaning, each.value) for each in lines[0]] == [("date", None)]


def test_no_more_of_one_line_is_kept_than_says_what_to_look_at() -> None:
    _, lines = kept(read(BASE, line="QTY*38*10~" * 30))
    assert len(lines[0]) == 20
