"""Who sends a cXML is read from the beginning of its bytes, and what is not shown by the rules is not shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.cxml.credentials import HEAD_BYTES, ShownCredentials, credentials
from tests.formats.cxml.test_blots import SECRET, order


def shown(body: bytes | str) -> ShownCredentials:
    found = credentials(body if isinstance(body, bytes) else body.encode())
    assert found is not None
    return found


def test_the_parties_and_the_secret_of_the_sender_are_read() -> None:
    found = shown(order())
    assert [(each.domain, each.identity) for each in found.parties["From"]] == [("DUNS", "1")]
    assert [(each.domain, each.identity) for each in found.parties["Sender"]] == [("NetworkId", "2")]
    assert found.secret == SECRET


@pytest.mark.parametrize(
    ("written", "secret"),
    [
        ("<SharedSecret> a&amp;b&#x41;&#66; </SharedSecret>", "a&bAB"),
        ("<SharedSecret>a<![CDATA[<&amp;]]>b</SharedSecret>", "a<&amp;b"),
        ("<SharedSecret>a<!-- not this - -->b</SharedSecret>", "ab"),
        ("<SharedSecret\n x = 'y'>ab</SharedSecret  >", "ab"),
        ("<SharedSecret/>", ""),
        ("<SharedSecret>a<b>c</b>d</SharedSecret>", "ad"),
        ("<!-- <SharedSecret>ab</SharedSecret> -->", ""),
        ("<X><SharedSecret>ab</SharedSecret></X>", ""),
        ("<sharedsecret>ab</sharedsecret>", ""),
        ("<SharedSecret>ab", ""),
        ("<SharedSecret>ab</Credential>", ""),
        ("<SharedSecret>&own;</SharedSecret>", "&own;"),
    ],
)
def test_a_secret_is_what_xml_says_it_is(written: str, secret: str) -> None:
    assert shown(order(written)).secret == secret


SHOWN = "<Credential domain='a'><Identity>1</Identity><SharedSecret>ab</SharedSecret></Credential>"


@pytest.mark.parametrize(
    "body",
    [
        f"<cXML><Header><From>{SHOWN}</From></Header></cXML>",
        f"<cXML><Request><Header><Sender>{SHOWN}</Sender></Header></Request></cXML>",
        f"<cXML><Header/><Header><Sender>{SHOWN}</Sender></Header></cXML>",
        f"<cXML><Header><X></Header><Sender>{SHOWN}</Sender></Header></cXML>",
        f"<cXML><!-- <Header> --><Sender>{SHOWN}</Sender></cXML>",
        f"<cXML><Header a='<Sender>'><Sender>{SHOWN}</Sender></Header></cXML>",
    ],
)
def test_a_secret_beside_its_place_shows_nothing(body: str) -> None:
    assert shown(body).secret == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-1", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
def test_it_is_read_in_every_encoding_that_the_reader_takes(encoding: str) -> None:
    assert shown(order("<SharedSecret>grün</SharedSecret>", encoding).encode(encoding)).secret == "grün"


@pytest.mark.parametrize("coding", ["8bit", "base64"])
def test_it_is_read_from_the_part_of_a_multipart_body_that_is_the_cxml(coding: str) -> None:
    part = base64.encodebytes(order().encode()) if coding == "base64" else order().encode()
    note = b"--XX\r\nContent-Type: text/plain\r\n\r\nhello\r\n"
    body = note + b"--XX\r\nContent-Transfer-Encoding: %s\r\n\r\n%s\r\n--XX--\r\n" % (coding.encode(), part)
    assert shown(body).secret == SECRET


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ISA*00*",
        b'{"a": 1}',
        b"<Order><SharedSecret>a</SharedSecret></Order>",
        b"PK\x03\x04",
        b"--XX\r\n\r\n<Order/>",
    ],
)
def test_what_is_no_cxml_shows_nothing_at_all(body: bytes) -> None:
    assert credentials(body) is None


@pytest.mark.parametrize(
    "body", [b"<!--" + b"x" * HEAD_BYTES + b"--><cXML/>", b"<!DOCTYPE cXML [<!ENTITY a 'b'>]><cXML/>", b"<", b"<?xml "]
)
def test_what_may_be_one_and_cannot_be_told_is_taken_for_one_that_is_not_signed(body: bytes) -> None:
    found = shown(body)
    assert not found.is_cxml
    assert found.secret == ""
    assert found.declares == (b"[" in body)


def test_a_header_behind_the_first_bytes_proves_nothing() -> None:
    body = order().replace("<Header>", f"<Header><!--{'x' * HEAD_BYTES}-->")
    assert shown(body).secret == ""


def test_the_headers_of_others_samples_are_read(shared: Path) -> None:
    read = [credentials(each.read_bytes()) for each in (shared / "samples" / "cxml").rglob("*.xml")]
    assert sum(1 for each in read if each is not None and each.secret) >= 8


PIECES = (
    *("<a>", "</a>", "<cXML>", "<Header>", "<Sender>", "<Credential domain='x'>", "<SharedSecret>", "</SharedSecret>"),
    *("<!--", "-->", "<![CDATA[", "]]>", "text", "<", ">", "'", "&#x0;", "<?", "/>"),
)


@given(st.lists(st.sampled_from(PIECES)))
def test_nothing_breaks_it(pieces: list[str]) -> None:
    credentials("".join(pieces).encode())
