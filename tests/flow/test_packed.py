"""A document that comes in something else, from a partner whose syntax has no such thing, is told as what it is."""

from __future__ import annotations

import gzip
import zlib

import pytest

from tests.flow.at_work import ACME, AtWork, assert_each_finding_helps, codes
from tests.flow.dialects import HELIX, SUMMIT, json_order, xml_order
from tests.flow.test_cxml import MERIDIAN
from tests.flow.test_cxml import ORDER as CXML_ORDER
from tests.flow.test_ubl import NORDLYS, answers, said
from tests.flow.test_ubl import ORDER as UBL_ORDER
from tests.flow.wire import one_order


def in_parts(document: bytes, called: str) -> bytes:
    return b"--b7\r\nContent-Type: %s\r\n\r\n%s\r\n--b7--\r\n" % (called.encode(), document)


PACKED = {
    "parts": lambda document, called: in_parts(document, called),
    "parts with their header": lambda document, called: (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b7\r\n\r\n" + in_parts(document, called)
    ),
    "gzip": lambda document, called: gzip.compress(document),
    "deflate": lambda document, called: zlib.compress(document),
    "form": lambda document, called: b"order=" + b"".join(b"%%%02X" % byte for byte in document[:1_000]),
}
SENT = {
    NORDLYS: (UBL_ORDER, "application/xml"),
    SUMMIT: (xml_order(), "text/xml"),
    HELIX: (json_order(), "application/json"),
}
TOLD = {"gzip": "(gzip)", "deflate": "(deflate)", "form": "a web form"}


@pytest.mark.parametrize("partner", SENT)
@pytest.mark.parametrize("case", PACKED)
def test_it_is_told_in_the_words_of_no_syntax(hub: AtWork, partner: str, case: str) -> None:
    got = hub.send(PACKED[case](*SENT[partner]), partner)
    assert (got.message.validation, codes(got)) == ("unreadable", {"SYN-PACKED"})
    assert TOLD.get(case, "made of parts (multipart)") in got.message.why
    assert "cXML" not in got.message.why
    assert_each_finding_helps(got)
    assert hub.answers(got.message.id), "and its sender hears it"


def test_the_sender_hears_what_to_send_instead(hub: AtWork) -> None:
    got = hub.send(in_parts(UBL_ORDER, "application/xml"), NORDLYS)
    [told] = answers(hub, got.message.id, "ApplicationResponse")
    [text] = said(told.body, "//cac:LineResponse/cac:Response/cbc:Description/text()")
    assert "send the document alone, under its own Content-Type" in text


def test_an_xml_in_parts_from_who_speaks_x12_is_told_in_words_of_x12(hub: AtWork) -> None:
    got = hub.send(in_parts(b"<Order/>", "text/xml"), ACME)
    assert codes(got) == {"SYN-NOT-X12"}
    assert "made of parts" in got.message.why


def test_who_speaks_cxml_may_send_it_in_parts(hub: AtWork) -> None:
    got = hub.send(in_parts(CXML_ORDER, "text/xml"), MERIDIAN)
    assert (got.message.syntax, got.message.outcome) == ("cxml", "accepted")


@pytest.mark.parametrize(
    ("body", "partner"),
    [(UBL_ORDER, NORDLYS), (json_order(), HELIX), (one_order("1"), ACME)],
    ids=["UBL", "JSON", "X12"],
)
def test_a_document_by_itself_is_no_package(hub: AtWork, body: bytes, partner: str) -> None:
    assert not codes(hub.send(body, partner)) & {"SYN-PACKED", "ENV-DISGUISED"}
