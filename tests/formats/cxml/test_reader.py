"""A cXML opened: its DOCTYPE looked at and never read, its document found, its attachments told, nothing raised."""

from __future__ import annotations

import base64
import random
import socket

import pytest

from hub.formats.cxml.reader import OpenedCxml, open_cxml
from hub.kernel.diagnostics import Diagnostic
from tests.house import Many

HEADER = "<Header><From><Credential domain='DUNS'><Identity>1</Identity></Credential></From></Header>"
ORDER = "<OrderRequest><OrderRequestHeader orderID='1'/></OrderRequest>"
WHOLE = f"<cXML payloadID='p1@x' timestamp='2026-11-20T10:00:00Z'>{HEADER}<Request>{ORDER}</Request></cXML>"


def opened(text: str | bytes) -> OpenedCxml:
    found = open_cxml(text if isinstance(text, bytes) else text.encode())
    assert isinstance(found, OpenedCxml), [str(each) for each in found]
    return found


def refused(text: str | bytes) -> Diagnostic:
    found = open_cxml(text if isinstance(text, bytes) else text.encode())
    assert not isinstance(found, OpenedCxml)
    assert found[-1].severity.is_reject
    assert found[-1].remedy
    return found[-1]


@pytest.mark.parametrize(
    "named",
    [
        "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd",
        "http://xml.cXML.org/schemas/cXML/1.2.014/Fulfill.dtd",
        "https://xml.cxml.org/schemas/cXML/1.1.009/cXML.dtd",
        "http://xml.cxml.org/schemas/cXML/1.2.060/Custom.dtd",
    ],
)
@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_dtd_of_cxml_of_any_version_is_taken(named: str, quote: str) -> None:
    doctype = f"<?xml version='1.0'?>\n<!DOCTYPE cXML\n  SYSTEM {quote}{named}{quote} >\n"
    found = opened(doctype + WHOLE)
    assert (found.header.payload, found.document.tag, found.findings) == ("p1@x", "OrderRequest", [])
    assert found.root.sourceline == 4, "lines are those of the body"


@pytest.mark.parametrize(
    ("doctype", "code"),
    [
        ('<!DOCTYPE cXML SYSTEM "http://evil.example/cXML.dtd">', "SYN-CXML-DOCTYPE"),
        ('<!DOCTYPE cXML SYSTEM "http://xml.cxml.org.evil.example/schemas/cXML/1.2.050/cXML.dtd">', "SYN-CXML-DOCTYPE"),
        ('<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/../../x.dtd">', "SYN-CXML-DOCTYPE"),
        ('<!DOCTYPE cXML SYSTEM "file:///etc/passwd">', "SYN-CXML-DOCTYPE"),
        ('<!DOCTYPE cXML SYSTEM "cXML.dtd">', "SYN-CXML-DOCTYPE"),
        ('<!DOCTYPE cXML PUBLIC "-//x" "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd">', "SYN-CXML-PUBLIC"),
        ("<!DOCTYPE cXML>", "SYN-CXML-DOCTYPE"),
        ('<!DOCTYPE cXML [<!ENTITY a "b">]>', "SYN-CXML-DOCTYPE"),
        (
            '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd" [<!ENTITY a SYSTEM "x">]>',
            "SYN-CXML-SUBSET",
        ),
        ('<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd"[]>', "SYN-CXML-SUBSET"),
        ('<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd"', "SYN-CXML-DOCTYPE"),
        (2 * '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd">', "SYN-XML-DOCTYPE"),
    ],
)
def test_any_other_doctype_is_refused_where_it_stands(doctype: str, code: str) -> None:
    found = refused("<?xml version='1.0'?>\n" + doctype + WHOLE)
    assert found.code == code
    assert found.location.line == 2


def test_no_dtd_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        port = server.getsockname()[1]
        refused(f'<!DOCTYPE cXML SYSTEM "http://127.0.0.1:{port}/schemas/cXML/1.2.050/cXML.dtd">{WHOLE}')
        with pytest.raises(TimeoutError):
            server.accept()


def test_entities_are_those_of_xml_alone() -> None:
    dtd = '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd">'
    assert refused(dtd + WHOLE.replace("orderID='1'", "orderID='&nbsp;'")).code == "SYN-XML-BROKEN"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<CXML payloadID='1'/>", "SYN-CXML-ROOT"),
        ("<c:cXML xmlns:c='urn:c'><c:Request><c:OrderRequest/></c:Request></c:cXML>", "SYN-CXML-NAMESPACE"),
        ("<cXML xmlns='http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd'><Request/></cXML>", "SYN-CXML-NAMESPACE"),
        ("<cXML xmlns:x='urn:x'><x:Request><OrderRequest/></x:Request></cXML>", "SYN-CXML-NAMESPACE"),
        ("<cXML><Request><x:OrderRequest xmlns:x='urn:x'/></Request></cXML>", "SYN-CXML-NAMESPACE"),
        ("<cXML/>", "SYN-CXML-EMPTY"),
        ("<cXML><Header/><Request/></cXML>", "SYN-CXML-EMPTY"),
        ("<cXML><Request><OrderRequest/><OrderRequest/></Request></cXML>", "SYN-CXML-SEVERAL"),
        ("<cXML><Request><OrderRequest/></Request><Request><OrderRequest/></Request></cXML>", "SYN-CXML-SEVERAL"),
        (WHOLE[:-9], "SYN-XML-BROKEN"),
        ("", "SYN-XML-EMPTY"),
    ],
)
def test_what_is_no_cxml_is_told_in_its_terms(text: str, code: str) -> None:
    assert refused(text).code == code


PARTY = "<{0}><Credential domain='D'><Identity>{1}</Identity></Credential></{0}>"


@pytest.mark.parametrize("party", ["From", "To", "Sender"])
@pytest.mark.parametrize("second", ["a rival", "the same"])
def test_a_party_said_twice_in_the_header_is_refused_whichever_stands_first(party: str, second: str) -> None:
    header = f"<Header>{PARTY.format(party, 'the same')}{PARTY.format(party, second)}</Header>"
    found = refused(f"<cXML payloadID='1'>{header}<Request><OrderRequest/></Request></cXML>")
    assert (found.code, party in found.message) == ("SYN-CXML-TWICE", True)


@pytest.mark.parametrize(
    "header",
    [
        "<Header/><Header/>",
        "<Header><From><Credential><Identity>a</Identity><Identity>b</Identity></Credential></From></Header>",
        "<Header><Sender><Credential><Identity>a</Identity><SharedSecret>b</SharedSecret><SharedSecret>c</SharedSecret>"
        "</Credential></Sender></Header>",
    ],
)
def test_what_an_envelope_says_once_is_refused_where_it_is_said_twice(header: str) -> None:
    assert refused(f"<cXML>{header}<Request><OrderRequest/></Request></cXML>").code == "SYN-CXML-TWICE"


def test_a_party_has_several_names_in_one_element() -> None:
    names = (
        "<From><Credential><Identity>a</Identity></Credential><Credential><Identity>b</Identity></Credential></From>"
    )
    found = opened(f"<cXML><Header>{names}</Header><Request><OrderRequest/></Request></cXML>")
    assert [each.identity for each in found.header.senders] == ["a", "b"]


def test_whether_it_is_a_test_is_not_taken_from_a_request_that_asks_nothing() -> None:
    first = "<Request deploymentMode='test'/>"
    assert refused(f"<cXML>{first}<Request><OrderRequest/></Request></cXML>").code == "SYN-CXML-SEVERAL"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (WHOLE, "OrderRequest"),
        ("<cXML><Request><ProfileRequest/></Request></cXML>", "ProfileRequest"),
        ("<cXML><Response><Status code='200' text='OK'/></Response></cXML>", "Response"),
        ("<cXML><Response/></cXML>", "Response"),
        ("<cXML><Message><PunchOutOrderMessage/></Message></cXML>", "PunchOutOrderMessage"),
        ("<Index loadmode='Full'/>", "Index"),
    ],
)
def test_the_document_is_what_stands_in_the_envelope(text: str, kind: str) -> None:
    assert opened(text).document.tag == kind


def test_comments_and_instructions_between_elements_mean_nothing() -> None:
    dressed = WHOLE.replace("><", "><!-- a &amp; b --><?do it?>\n<")
    assert opened(dressed).header == opened(WHOLE).header
    assert opened(dressed).findings == []


@pytest.mark.parametrize(
    "text",
    [
        WHOLE.replace("</Header>", "</Header>lost"),
        WHOLE.replace("</OrderRequest>", "</OrderRequest>lost"),
        WHOLE.replace("<Request>", "<Extra>lost</Extra><Request>"),
    ],
)
def test_what_stands_astray_in_the_envelope_is_told(text: str) -> None:
    [found] = opened(text).findings
    assert found.code == "SYN-CXML-STRAY"


def test_an_envelope_may_name_a_party_by_several_names() -> None:
    two = HEADER.replace("</From>", "<Credential domain='NetworkId'><Identity> AN1 </Identity></Credential></From>")
    assert [(each.domain, each.identity) for each in opened(WHOLE.replace(HEADER, two)).header.senders] == [
        ("DUNS", "1"),
        ("NetworkId", "AN1"),
    ]


# multipart bodies -----------------------------------------------------------------------------------------------------


def multipart(*parts: tuple[str, bytes], boundary: str = "b1", end: str = "--", line: bytes = b"\r\n") -> bytes:
    """Return the parts, each with its header lines, as HTTP bears them."""
    said = b""
    for fields, content in parts:
        head = line.join(each.encode() for each in fields.split("|") if each)
        said += b"--" + boundary.encode() + line + (head + line if head else b"") + line + content + line
    return said + b"--" + boundary.encode() + end.encode() + line


CXML = ("Content-Type: text/xml; charset=UTF-8|Content-ID: <main@x>", WHOLE.encode())
DRAWING = ("Content-Type: application/pdf|Content-ID: <d@x>|Content-Disposition: attachment; filename=\"D-9.pdf\"",
           b"%PDF-1.7\x00\xff\n<<junk>>")  # fmt: skip


@pytest.mark.parametrize("line", [b"\r\n", b"\n"])
@pytest.mark.parametrize("first", [True, False])
def test_the_cxml_among_the_parts_is_found_and_every_attachment_named(line: bytes, *, first: bool) -> None:
    body = multipart(*((CXML, DRAWING) if first else (DRAWING, CXML)), line=line)
    found = opened(body)
    assert found.header.payload == "p1@x"
    [told] = found.findings
    assert (told.code, told.found) == ("SYN-ATTACHMENT", "D-9.pdf")
    assert "application/pdf" in told.message
    assert found.root.sourceline == body[: body.index(b"<cXML")].count(b"\n") + 1, "lines are those of the body"


def test_header_lines_of_mime_may_stand_before_the_first_boundary() -> None:
    top = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n boundary="b1"; type="text/xml"\r\n\r\npreamble\r\n'
    )
    assert opened(top + multipart(CXML, DRAWING)).header.payload == "p1@x"


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("base64", base64.encodebytes(WHOLE.encode())),
        ("quoted-printable", WHOLE.replace("=", "=3D").replace("><", ">=\r\n<").encode()),
        ("8bit", WHOLE.encode()),
    ],
)
def test_a_part_may_be_encoded_for_its_way(encoding: str, content: bytes) -> None:
    fields = f"Content-Type: text/xml|Content-Transfer-Encoding: {encoding}"
    assert opened(multipart((fields, content), DRAWING)).header.payload == "p1@x"


def test_a_reference_to_what_did_not_come_is_told() -> None:
    referring = WHOLE.replace(
        "orderID='1'/>", "><Comments><Attachment><URL>cid:{}</URL></Attachment></Comments></OrderRequestHeader>"
    )
    came = opened(multipart((CXML[0], referring.format("d@x").encode()), DRAWING))
    missing = opened(multipart((CXML[0], referring.format("e@x").encode()), DRAWING))
    alone = opened(referring.format("d@x"))
    assert [each.code for each in came.findings] == ["SYN-ATTACHMENT"]
    assert [each.code for each in missing.findings] == ["SYN-ATTACHMENT", "SYN-ATTACHMENT-MISSING"]
    assert [each.code for each in alone.findings] == ["SYN-ATTACHMENT-MISSING"]


def test_a_body_without_its_last_boundary_is_read_and_told() -> None:
    codes = [each.code for each in opened(multipart(CXML, DRAWING)[:-10]).findings]
    assert codes == ["SYN-ATTACHMENT", "SYN-MULTIPART-END"]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (multipart(DRAWING), "none of its 1 parts"),
        (b"Content-Type: multipart/related; boundary=b1\r\n\r\n" + multipart(), "no part"),
        (multipart(("Content-Type: text/xml|Content-Transfer-Encoding: base64", b"a")), "not written in base64"),
        (multipart(("Content-Type: text/xml|Content-Transfer-Encoding: x-zip", b"a")), "not written in x-zip"),
        (b"Content-Type: multipart/related\r\n\r\n<cXML/>", "nothing says"),
        (b"--b1\r\nContent-Type: text/xml<cXML/>", "does not end"),
        (multipart(*[("", b"x")] * 300), "more than 200 parts"),
    ],
)
def test_a_multipart_body_that_cannot_be_taken_apart_is_told(body: bytes, why: str) -> None:
    found = refused(body)
    assert found.code == "SYN-MULTIPART"
    assert why in found.message


@pytest.mark.parametrize("second", [WHOLE, WHOLE.replace("p1@x", "p2@x"), "<cXML/>", "\ufeff<!-- again --><cXML>"])
@pytest.mark.parametrize("encoding", ["8bit", "base64"])
def test_a_second_cxml_beside_the_first_is_no_attachment_and_refuses_both(second: str, encoding: str) -> None:
    content = second.encode() if encoding == "8bit" else base64.encodebytes(second.encode())
    fields = f"Content-Type: text/xml|Content-Transfer-Encoding: {encoding}"
    body = multipart(CXML, DRAWING, (fields, content))
    found = refused(body)
    assert found.code == "SYN-CXML-SEVERAL"
    assert "there are 2 documents" in found.message
    assert found.location.line == body[: body.rindex(content)].count(b"\n") + 1


SECOND = WHOLE.replace("p1@x", "p2@x").encode()
UBL = b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>"
ELSEWHERE = {  # how a second document may come: header lines, content
    "octets in base64": ("application/octet-stream|Content-Transfer-Encoding: base64", base64.encodebytes(SECOND)),
    "text in quoted-printable": (
        "text/plain|Content-Transfer-Encoding: quoted-printable",
        SECOND.replace(b"=", b"=3D").replace(b"><", b">=\r\n<"),
    ),
    "behind blanks": ("text/plain", b" \r\n" * 3_000 + SECOND),
    "behind a long remark": ("text/xml", b"<!--" + b"x" * 9_000 + b"-->" + SECOND),
    "in UTF-16": ("text/plain|Content-Transfer-Encoding: base64", base64.encodebytes(WHOLE.encode("utf-16"))),
    "in a multipart of its own": (
        "multipart/mixed; boundary=b2",
        multipart(DRAWING, ("Content-Type: text/xml", SECOND), boundary="b2"),
    ),
    "two multiparts deep, in base64": (
        "multipart/mixed; boundary=b2",
        multipart(
            ("Content-Type: multipart/related; boundary=b3",
             multipart(("Content-Transfer-Encoding: base64", base64.encodebytes(SECOND)), boundary="b3")),
            boundary="b2",
        ),
    ),
    "in a mail": ("message/rfc822", b"Subject: order\r\nContent-Type: text/xml\r\n\r\n" + SECOND),
    "an order of UBL": ("application/xml", UBL),
    "an order of UBL in base64": ("application/octet-stream|Content-Transfer-Encoding: base64", base64.b64encode(UBL)),
    "an interchange of X12": ("text/plain", b"ISA*00*          *00*"),
    "an interchange of EDIFACT": ("application/edifact", b"UNB+UNOA:1+A+B'"),
}  # fmt: skip


@pytest.mark.parametrize("way", ELSEWHERE)
@pytest.mark.parametrize("first", [True, False])
def test_a_second_document_is_no_attachment_however_it_is_packed(way: str, *, first: bool) -> None:
    fields, content = ELSEWHERE[way]
    second = (f"Content-Type: {fields}", content)
    found = refused(multipart(*((CXML, second) if first else (second, CXML))))
    assert found.code == "SYN-CXML-SEVERAL", found.message


@pytest.mark.parametrize(
    ("fields", "content"),
    [
        ("application/pdf|Content-Transfer-Encoding: base64", base64.encodebytes(DRAWING[1] * 5_000)),
        ("application/pdf|Content-Transfer-Encoding: base64", b"no base64 at all"),
        ("text/plain|Content-Transfer-Encoding: quoted-printable", b"see the cXML =E2=80=93 it is right"),
        ("multipart/mixed; boundary=b2", multipart(DRAWING, DRAWING, boundary="b2")),
        ("message/rfc822", b"Subject: a drawing\r\n\r\nas you wished"),
        ("message/rfc822", b"no header"),
        ("image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_what_is_no_document_is_attached_however_it_is_packed(fields: str, content: bytes) -> None:
    found = opened(multipart((f"Content-Type: {fields}", content), CXML)).findings
    assert [each.code for each in found] == ["SYN-ATTACHMENT"]


def test_multiparts_in_one_another_end_somewhere() -> None:
    deep = DRAWING
    for depth in range(8):
        deep = (f"Content-Type: multipart/mixed; boundary=n{depth}", multipart(deep, boundary=f"n{depth}"))
    found = refused(multipart(CXML, deep))
    assert (found.code, "stand in one another" in found.message) == ("SYN-MULTIPART", True)


def test_xml_of_another_kind_beside_the_cxml_is_attached() -> None:
    found = opened(multipart(("Content-Type: text/xml", b"<Drawing/>"), CXML)).findings
    assert [each.code for each in found] == ["SYN-ATTACHMENT"]


def test_of_many_attachments_the_first_are_named_and_the_others_counted() -> None:
    found = opened(multipart(CXML, *[DRAWING] * 25)).findings
    assert [each.code for each in found] == ["SYN-ATTACHMENT"] * 20 + ["SYN-ATTACHMENT-MORE"]
    assert found[-1].found is None
    assert "5 more" in found[-1].message


SEEDS = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.050/cXML.dtd">\n'
    + WHOLE.encode(),
    multipart(CXML, DRAWING),
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n"
    + multipart((CXML[0] + "|Content-Transfer-Encoding: base64", base64.b64encode(WHOLE.encode())), DRAWING),
    WHOLE.encode("utf-16"),
)
PIECES = (
    b"<", b">", b"&", b"<!--", b"-->", b"<?", b"?>", b"\x00", b"\xff", b"<!DOCTYPE", b"[", b"]", b"SYSTEM ", b'"', b"'",
    b"\r\n", b"\n", b"--b1", b"--b1--\r\n", b"Content-Type: text/xml\r\n", b"boundary=", b":", b"cid:", b"<cXML>",
    b"<Request>", b"</Header>", b"xmlns='u'",
)  # fmt: skip


@pytest.mark.proof
def test_no_bytes_surprise_the_reader(many: Many) -> None:
    inputs, chance = many(300, proof=500_000), random.Random(20261130)
    for _ in range(inputs):
        data = bytearray(chance.choice(SEEDS))
        for _ in range(chance.randint(1, 6)):
            at = chance.randrange(len(data) + 1)
            if chance.random() < 0.5:
                data[at:at] = chance.choice(PIECES)
            else:
                del data[at : at + chance.randint(1, 8)]
        found = open_cxml(bytes(data))
        assert isinstance(found, OpenedCxml) or found[-1].remedy
