"""XML bodies of strangers: each is opened, or refused with a code, a place and a remedy. Nothing is raised."""

from __future__ import annotations

import random

import pytest
from lxml import etree

from hub.formats.xml import limits
from hub.formats.xml.reader import OpenedXml, open_body
from hub.kernel.diagnostics import Severity
from tests.house import Many


def refused(data: bytes) -> tuple[str, OpenedXml]:
    opened = open_body(data)
    assert opened.root is None
    finding = opened.findings[-1]
    assert finding.remedy
    assert finding.severity is Severity.ENVELOPE
    return finding.code, opened


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "SYN-XML-EMPTY"),
        (b" \r\n\t ", "SYN-XML-EMPTY"),
        (b"<", "SYN-XML-BROKEN"),
        (b"<a>", "SYN-XML-BROKEN"),
        (b"<a></b>", "SYN-XML-BROKEN"),
        (b"<a/><b/>", "SYN-XML-MANY"),
        (b"<a/>trailing", "SYN-XML-BROKEN"),
        (b"<a/>\x00", "SYN-XML-CHARACTER"),
        (b"<a>\x00</a>", "SYN-XML-CHARACTER"),
        (b"<a>\x0b</a>", "SYN-XML-CHARACTER"),
        (b"<a>\xef\xbf\xbe</a>", "SYN-XML-CHARACTER"),
        (b"<a>&#0;</a>", "SYN-XML-CHARACTER"),
        (b"<a>&#xD800;</a>", "SYN-XML-CHARACTER"),
        (b"<a>&unknown;</a>", "SYN-XML-BROKEN"),
        (b'<a b="1" b="2"/>', "SYN-XML-BROKEN"),
        (b"<p:a/>", "SYN-XML-BROKEN"),
        (b"<a b=1/>", "SYN-XML-BROKEN"),
        (b"<!-- never ends", "SYN-XML-BROKEN"),
        (b"<?never ends", "SYN-XML-BROKEN"),
        (b"{}", "SYN-XML-BROKEN"),
        (b"<a>" * 300 + b"</a>" * 300, "SYN-XML-DEPTH"),
        (b"<a>" * 100_000 + b"</a>" * 100_000, "SYN-XML-DEPTH"),
        (b"<a>" + b"x" * (limits.TEXT_CHARACTERS_MAX + 1) + b"</a>", "SYN-XML-TEXT"),
        (b"<a>" + b"<b/>" * (2 * limits.ELEMENTS_MAX) + b"</a>", "SYN-XML-ELEMENTS"),
        (b"<a " + b" ".join(b'xmlns:n%d="u%d"' % (n, n) for n in range(100)) + b"/>", "SYN-XML-NAMESPACES"),
        (b"<a " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>", "SYN-XML-ATTRIBUTES"),
        (b"<a>" + b" " * limits.BODY_BYTES_MAX + b"</a>", "SYN-XML-BYTES"),
    ],
)
def test_what_is_no_xml_or_too_much_of_it_is_refused_with_its_reason(data: bytes, code: str) -> None:
    assert refused(data)[0] == code


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE a>",
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE a PUBLIC "-//x" "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>',
        '<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;"><!ENTITY n "&m;&m;&m;&m;">]>',
        "<!doctype a>",
        "<!-- first -->\n<!DOCTYPE a>",
        '<?xml-stylesheet href="x"?> <!DOCTYPE a>',
        '<?xml version="1.0"?><!-- <root> --><?p q?><!DOCTYPE a>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_no_doctype_is_taken_whatever_stands_before_it(doctype: str, encoding: str) -> None:
    code, opened = refused(f"{doctype}<a>&x;</a>".encode(encoding))
    assert code == "SYN-XML-DOCTYPE"
    assert opened.findings[-1].location.line is not None


def test_a_doctype_in_a_comment_or_a_text_is_none() -> None:
    opened = open_body(b"<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a>]]></a>")
    assert opened.root is not None
    assert opened.root.text == "<!DOCTYPE a>"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<a>ä</a>".encode(), "ä"),
        ("<a>ä</a>".encode("utf-8-sig"), "ä"),
        ('<?xml version="1.0" encoding="UTF-8"?><a>ä</a>'.encode(), "ä"),
        ("<?xml version='1.0' encoding='iso-8859-1'?><a>ä</a>".encode("latin-1"), "ä"),
        ('<?xml version="1.0" encoding="windows-1252"?><a>€</a>'.encode("cp1252"), "€"),
        ('<?xml version="1.0" encoding="UTF-16"?><a>ä</a>'.encode("utf-16"), "ä"),
        ('<?xml version="1.0"?><a>ä</a>'.encode("utf-16-le"), "ä"),
        ('<?xml version="1.0"?><a>ä</a>'.encode("utf-16-be"), "ä"),
        ('<?xml version="1.0" encoding="GB18030"?><a>骨</a>'.encode("gb18030"), "骨"),
        ("\n  <a>骨</a>".encode(), "骨"),
        ("<a>ä</a>".encode("utf-32"), "ä"),
    ],
)
def test_an_encoding_is_read_as_declared_or_as_found(data: bytes, text: str) -> None:
    opened = open_body(data)
    assert opened.root is not None, opened.findings
    assert opened.root.text == text
    assert not opened.findings


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("<a>ä</a>".encode("latin-1"), "SYN-XML-ENCODING"),
        ('<?xml version="1.0" encoding="utf-8"?><a>ä</a>'.encode("latin-1"), "SYN-XML-ENCODING"),
        ('<?xml version="1.0" encoding="us-ascii"?><a>ä</a>'.encode(), "SYN-XML-ENCODING"),
        (b"\xff\xfe<\x00a\x00>\x00\x00\xd8<\x00/\x00a\x00>\x00", "SYN-XML-ENCODING"),
        (b'<?xml version="1.0" encoding="ebcdic-cp-us"?><a/>', "SYN-XML-ENCODING-UNKNOWN"),
        (b'<?xml version="1.0" encoding="utf-7"?><a>+ADw-</a>', "SYN-XML-ENCODING-UNKNOWN"),
        (b'<?xml version="1.0" encoding="rot13"?><a/>', "SYN-XML-ENCODING-UNKNOWN"),
    ],
)
def test_bytes_that_are_not_in_their_encoding_are_refused_with_their_place(data: bytes, code: str) -> None:
    found, opened = refused(data)
    assert found == code
    assert opened.findings[-1].location.line == 1


def test_a_declaration_that_lies_is_told_and_the_mark_believed() -> None:
    opened = open_body('<?xml version="1.0" encoding="iso-8859-1"?><a>ä</a>'.encode("utf-8-sig"))
    assert opened.root is not None
    assert opened.root.text == "ä"
    assert [finding.code for finding in opened.findings] == ["SYN-XML-ENCODING-OTHER"]


def test_instructions_comments_and_includes_are_left_alone() -> None:
    body = (
        b'<a xmlns:xi="http://www.w3.org/2001/XInclude"><?php evil?><!-- no --><xi:include href="/etc/passwd"/>'
        b'<b xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="u http://127.0.0.1:9/x.xsd"/></a>'
    )
    opened = open_body(body)
    assert opened.root is not None
    assert [etree.QName(child).localname for child in opened.root] == ["include", "b"]
    assert "root:" not in etree.tostring(opened.root, encoding="unicode")


SEEDS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<a xmlns="u" b="1"><c>text &amp; more</c><!-- x --><d/></a>',
    b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
    '<?xml version="1.0" encoding="UTF-16"?><a>ä</a>'.encode("utf-16"),
)
PIECES = (b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"-->", b"<?", b"?>", b"\x00", b"\xff", b"\xed\xa0\x80",
          b"&#x0;", b"<!DOCTYPE", b"xmlns:x='u'", b'encoding="utf-16"', b"\r", b"'", b'"')  # fmt: skip


@pytest.mark.proof
def test_no_bytes_surprise_the_reader(many: Many) -> None:
    inputs, chance = many(300, proof=500_000), random.Random(20261129)
    for _ in range(inputs):
        data = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data) + 1)
            if chance.random() < 0.5:
                data[at:at] = chance.choice(PIECES)
            else:
                del data[at : at + chance.randint(1, 8)]
        opened = open_body(bytes(data))
        assert opened.root is not None or opened.findings[-1].remedy


@pytest.mark.parametrize("beside", ["<![CDATA[two]]>", "<!-- a remark -->two", "<?an instruction?>two"])
def test_the_blanks_of_a_text_are_kept_whatever_it_begins_with(beside: str) -> None:
    opened = open_body(f"<a>\n  <b> {beside} </b>\n  <c> </c>\n</a>".encode())
    assert opened.root is not None
    assert [each.text for each in opened.root] == [" two ", " "]
    plain = open_body(b"<a>\n  <b> two </b>\n  <c> </c>\n</a>")
    assert plain.root is not None
    assert [each.text for each in plain.root] == [" two ", " "]
