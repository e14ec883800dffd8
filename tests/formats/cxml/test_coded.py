"""A secret in a coding of which nothing in the body tells is seen, and what only looks coded is none."""

from __future__ import annotations

from base64 import b64encode, encodebytes
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from hub.formats.cxml.coded import hides_a_secret
from tests.house import CHECKOUT

CXML = b'<cXML payloadID="1"><Header><Sender><SharedSecret>hush</SharedSecret></Sender></Header></cXML>'
GOOD = b"--XX\r\nContent-Type: text/xml\r\n\r\n<cXML/>\r\n--XX\r\nContent-Type: text/plain\r\n\r\n%s\r\n--XX--\r\n"


@pytest.mark.parametrize("cxml", [CXML, CXML.replace(b"SharedSecret", b"SHAREDSECRET"), CXML.decode().encode("utf-16")])
def test_a_secret_in_base64_of_which_nothing_tells_is_seen(cxml: bytes) -> None:
    for body in (b64encode(cxml), encodebytes(cxml), b"cxml-base64=" + b64encode(cxml), GOOD % encodebytes(cxml)):
        assert hides_a_secret(body), body


def test_a_secret_in_a_form_is_seen_however_often_it_is_coded() -> None:
    once = urlencode({"a": "b", "cxml-urlencoded": CXML})
    for body in (once, once.lower(), quote(once), quote(CXML, safe="<"), urlencode({"cxml-base64": b64encode(CXML)})):
        assert hides_a_secret(body.encode()), body
    assert hides_a_secret(GOOD % once.encode())


@pytest.mark.parametrize("name", ["Shared&#83;ecret", "SharedSecre&#x74;", "Shared&amp;#83;ecret"])
def test_a_secret_whose_name_is_said_by_references_to_signs_is_seen(name: str) -> None:
    assert hides_a_secret(f"<cXML><Extrinsic name='note'>&lt;{name}&gt;hush</Extrinsic></cXML>".encode())


def test_what_only_looks_coded_hides_none(shared: Path) -> None:
    for body in (b"", b"100%", b"%3C%zz", b"a=b&c=%3Ca%3E", b64encode(bytes(range(256)) * 20), GOOD % b"SharedSecret"):
        assert not hides_a_secret(body)
    samples = [each for each in (CHECKOUT / "partners").rglob("samples/*") if each.is_file()]
    for file in [*samples, *(shared / "samples").rglob("*.edi")]:
        assert not hides_a_secret(file.read_bytes()[: 64 * 1024]), file


def test_a_secret_escaped_as_in_json_in_hex_or_twice_in_base64_is_seen() -> None:
    escaped = b'{"note": "' + CXML.replace(b'"', b"'").replace(b"<S", b"<\\u0053").replace(b"</S", b"</\\u0053") + b'"}'
    for body in (escaped, CXML.hex().encode(), CXML.hex().upper().encode(), b64encode(b"note: " + b64encode(CXML))):
        assert hides_a_secret(body), body
    for before in range(3):
        assert hides_a_secret(b64encode(bytes(before) + b64encode(CXML)))
