"""A document held against its schema: what is wrong is told by XPath and line, all of it, with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.formats.tree import UNKNOWN
from hub.formats.xml.parser_words import in_words, plain
from tests.formats.xml.small import SOUND, XSD, checked, schema

LINE = '<Line number="1"><Quantity unit="EA">12</Quantity></Line>'


def order(*inner: str) -> str:
    return '<Order xmlns="urn:small">\n<Number>4711</Number>\n' + "\n".join(inner) + "\n</Order>"


def test_a_sound_document_becomes_a_tree_of_places_and_parts(tmp_path: Path) -> None:
    made = checked(tmp_path, SOUND)
    assert made.findings == []
    found = schema(tmp_path)
    record = found.root.record
    assert [part.key for part in record.parts] == ["Number", "On", "Paid", "Due"]
    assert made.root.values == ["Order", "4711", "2026-11-30", "", ""]
    (line,) = made.root.children["Line"]
    assert line.values == ["Line", "1", "12.5", "EA", ""]
    assert [node.values for node in line.children["Text"]] == [["Text", "as drawn"], ["Text", "deburred"]]


@pytest.mark.parametrize(
    ("said", "taken"), [("1", "true"), ("0", "false"), (" 1 ", "true"), ("true", "true"), ("false", "false")]
)
def test_a_flag_is_told_by_its_value_however_it_is_spelt(tmp_path: Path, said: str, taken: str) -> None:
    sound = checked(tmp_path, order(f"<Paid>{said}</Paid>"))
    assert (sound.findings, sound.root.values[3]) == ([], taken)
    faulty = checked(tmp_path, order("<On>never</On>", f"<Paid>{said}</Paid>"))
    assert ([each.code for each in faulty.findings], faulty.root.values[3]) == (["GDE-VALUE-TYPE"], taken)


@pytest.mark.parametrize(("said", "taken"), [("1", "1"), ("01", "1"), ("+1", "1"), (" 001 ", "1"), ("10", "10")])
def test_a_whole_number_is_told_by_its_value_however_it_is_spelt(tmp_path: Path, said: str, taken: str) -> None:
    line = LINE.replace('"1"', f'"{said}"')
    sound, faulty = checked(tmp_path, order(line)), checked(tmp_path, order("<On>never</On>", line))
    assert [each.code for each in sound.findings + faulty.findings] == ["GDE-VALUE-TYPE"]
    assert [each.root.children["Line"][0].values[1] for each in (sound, faulty)] == [taken, taken]


@pytest.mark.parametrize(
    ("body", "code", "at", "line"),
    [
        (order("<On>2026-02-30</On>"), "GDE-VALUE-TYPE", "/Order/On", 3),
        (order("<On>30.11.2026</On>"), "GDE-VALUE-TYPE", "/Order/On", 3),
        (order("<On/>"), "GDE-VALUE-TYPE", "/Order/On", 3),
        (order("<Paid>maybe</Paid>"), "GDE-VALUE-TYPE", "/Order/Paid", 3),
        (order("<Colour>red</Colour>"), "GDE-NAME-UNKNOWN", "/Order/Colour", 3),
        (order("<x:On xmlns:x='urn:other'>2026-11-30</x:On>"), "GDE-NAME-UNKNOWN", "/Order/x:On", 3),
        (order("<On>2026-11-30</On>", "<On>2026-11-30</On>"), "GDE-NAME-OFTEN", "/Order/On[2]", 4),
        (order(LINE, "<On>2026-11-30</On>"), "GDE-NAME-ORDER", "/Order/On", 4),
        (order(*[LINE] * 4), "GDE-NAME-OFTEN", "/Order/Line[4]", 6),
        (order("loose text"), "GDE-TEXT-STRAY", "/Order", 1),
        (order(LINE.replace(' unit="EA"', "")), "GDE-NAME-MISSING", "/Order/Line/Quantity", 3),
        (order(LINE.replace(">12<", ">-1<")), "GDE-VALUE-LOW", "/Order/Line/Quantity", 3),
        (order(LINE.replace(">12<", ">5001<")), "GDE-VALUE-HIGH", "/Order/Line/Quantity", 3),
        (order(LINE.replace(">12<", ">1.234<")), "GDE-VALUE-DECIMALS", "/Order/Line/Quantity", 3),
        (order(LINE.replace(">12<", ">12345678<")), "GDE-VALUE-DIGITS", "/Order/Line/Quantity", 3),
        (order(LINE.replace(">12<", f">{'9' * 500}<")), "GDE-VALUE-LONG", "/Order/Line/Quantity", 3),
        (order(LINE.replace(">12<", ">1e3<")), "GDE-VALUE-TYPE", "/Order/Line/Quantity", 3),
        (order(LINE.replace(">12<", ">NaN<")), "GDE-VALUE-TYPE", "/Order/Line/Quantity", 3),
        (order(LINE.replace('unit="EA"', 'unit="EA" list="R21"')), "GDE-VALUE-CODE", "/Order/Line/Quantity/@list", 3),
        (order(LINE.replace('number="1"', 'number="one"')), "GDE-VALUE-TYPE", "/Order/Line/@number", 3),
        (order(LINE.replace('number="1"', 'number="1" colour="red"')), "GDE-NAME-UNKNOWN", "/Order/Line/@colour", 3),
        (order('<Line number="1"/>'), "GDE-NAME-MISSING", "/Order/Line", 3),
        (order(LINE.replace("</Line>", "<Text>x</Text></Line>")), "GDE-VALUE-SHORT", "/Order/Line/Text", 3),
        (order(LINE.replace("</Line>", f"<Text>{'x' * 11}</Text></Line>")), "GDE-VALUE-LONG", "/Order/Line/Text", 3),
    ],
)
def test_what_the_schema_refuses_is_told_where_it_stands(
    tmp_path: Path, body: str, code: str, at: str, line: int
) -> None:
    findings = checked(tmp_path, body).findings
    assert [(each.code, each.location.at, each.location.line) for each in findings[:1]] == [(code, at, line)]
    assert all(each.remedy for each in findings)


def test_every_fault_of_a_document_is_told_at_once(tmp_path: Path) -> None:
    body = order("<On>soon</On>", LINE.replace(">12<", ">many<"), LINE.replace('number="1"', 'number="x"'))
    findings = checked(tmp_path, body).findings
    assert [each.location.at for each in findings] == [
        "/Order/On",
        "/Order/Line[1]/Quantity",
        "/Order/Line[2]/@number",
    ]


def test_both_of_a_choice_are_refused_by_the_partners_schema(tmp_path: Path) -> None:
    findings = checked(tmp_path, order("<Paid>true</Paid>", "<Due>2026-11-30</Due>")).findings
    assert [(each.code, each.location.at, each.location.line) for each in findings] == [("GDE-SCHEMA", "/Order/Due", 4)]
    assert findings[0].message == (
        "the schema that was agreed refuses Due: it is not expected here, where there should be Line"
    )


def test_a_pattern_is_judged_by_the_partners_schema(tmp_path: Path) -> None:
    patterned = XSD.replace('<xs:maxLength value="10"/>', '<xs:maxLength value="10"/><xs:pattern value="[a-z ]*"/>')
    schema(tmp_path, patterned)
    from hub.formats.xml.check import check
    from hub.formats.xml.reader import open_body

    opened = open_body(SOUND.replace("deburred", "DEBURRED").encode())
    assert opened.root is not None
    found = schema(tmp_path, patterned)
    finding = check(opened.root, found)[0].findings[0]
    assert (finding.code, finding.location.at) == ("GDE-SCHEMA", "/Order/Line/Text[2]")
    assert finding.message.endswith("refuses Text: 'DEBURRED' does not follow the pattern '[a-z ]*'")


@pytest.mark.parametrize(
    ("inside", "at"), [("<On>12026-11-30</On>", "/Order/On"), ("<Due>12026-11-30</Due>", "/Order/Due")]
)
def test_what_the_xsd_allows_and_is_no_value_of_ours_is_a_fault_at_its_place(
    tmp_path: Path, inside: str, at: str
) -> None:
    findings = checked(tmp_path, order(inside)).findings
    assert [(each.code, each.location.at) for each in findings] == [("GDE-VALUE-TYPE", at)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "Element '{urn:a}B', attribute 'c': 'x' is not a valid value of the local atomic type.",
            "'x' is no value of its type",
        ),
        ("Element '{urn:a}B': Missing child element(s). Expected is ( {urn:a}C ).", "C is missing in it"),
        ("Element '{urn:a}B': This element is not expected.", "it is not expected here"),
        (
            "Element 'B', attribute 'x': [facet 'maxLength'] The value has a length of '5'; this exceeds the allowed "
            "maximum length of '3'.",
            "it may not have 5 characters",
        ),
    ],
)
def test_what_the_library_says_has_neither_its_namespaces_nor_its_types(said: str, words: str) -> None:
    assert str(in_words(said)) == words


def test_what_was_not_foreseen_is_for_us_alone_without_its_namespaces() -> None:
    said = "Element 'B': No matching global declaration available for {urn:a}C."
    assert in_words(said) is None
    assert plain(said) == "No matching global declaration available for C"


def test_what_an_open_schema_lets_in_is_kept_for_the_map_to_tell(tmp_path: Path) -> None:
    opened = XSD.replace(
        '<xs:element name="Number" type="xs:string"/>',
        '<xs:element name="Number" type="xs:string"/><xs:any namespace="##other" processContents="lax" minOccurs="0"/>',
    )
    from hub.formats.xml.check import check
    from hub.formats.xml.reader import open_body

    body = open_body(order("<x:More xmlns:x='urn:other'>of this</x:More>").encode())
    assert body.root is not None
    made = check(body.root, schema(tmp_path, opened))[0]
    assert made.findings == []
    assert [node.values for node in made.root.children[UNKNOWN]] == [["x:More", "of this"]]
