"""A secret or a card behind the beginning of a body is seen in every encoding, wherever the pieces end."""

from __future__ import annotations

from base64 import encodebytes
from quopri import encodestring

import pytest

from hub.formats.cxml.behind import SecretWatch
from hub.formats.cxml.blots import NAMES

HEAD = b"<?xml version='1.0'?><cXML><Header/>" + b"x" * 70_000
SAID = [f"<{prefix}{name}{after}hush" for name in NAMES for prefix in ("", "cbc:") for after in (">", " a='1'>", "\n>")]


def shown(body: bytes, size: int = 1_000, head: bytes = HEAD) -> bool:
    behind = SecretWatch(head)
    found = [behind.shows(body[at : at + size]) for at in range(0, len(body), size)]
    return any(found)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_it_is_seen_in_every_encoding_wherever_pieces_end(encoding: str, size: int) -> None:
    for said in SAID:
        body = ("<a>word</a>" * 20 + said).encode(encoding)
        assert shown(body, size), said


@pytest.mark.parametrize("offset", [0, 1, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_it_is_seen_in_parts_that_are_coded_for_mail(offset: int, encoding: str) -> None:
    head = HEAD + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    quoted = HEAD + b"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    for said in SAID:
        text = ("x" * offset + "<a>word</a>" * 9 + said).encode(encoding)
        assert shown(encodebytes(text), head=head), said
        if encoding == "utf-8":
            assert shown(encodestring(text), head=quoted), said
            assert shown(b"".join(b"=%02X" % each for each in text), head=quoted), said


@pytest.mark.parametrize(
    "body",
    [
        b"</SharedSecret>" * 100,
        b"the SharedSecret is in the envelope; PCard, CV2ID",
        b"<PCards><SharedSecrets/><CV2IDs>" * 100,
        bytes(range(256)) * 100,
        b"SegmentsPCard" * 1_000,
    ],
)
def test_what_only_speaks_of_it_is_none(body: bytes) -> None:
    assert not shown(body)


def test_what_stood_in_the_beginning_is_not_seen_again() -> None:
    assert not shown(b"more", head=b"x" * 70_000 + b"<SharedSecret>**</SharedSecret>")
    assert not shown(b">**</SharedSecret>"[1:], head=b"x" * 70_000 + b"<SharedSecret>")
