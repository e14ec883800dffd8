"""A secret that a body has shown is seen wherever else it stands in it, however it is coded there."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest

from hub.formats.cxml.again import SecretSearch

SECRET = "catheter-0815-hush"
CODINGS: dict[str, Callable[[str], bytes]] = {
    "as it is": str.encode,
    "in UTF-16": lambda secret: secret.encode("utf-16-be"),
    "by references": lambda secret: "".join(f"&#{ord(sign)};" for sign in secret).encode(),
    "by per cent signs": lambda secret: "".join(f"%{ord(sign):02X}" for sign in secret).encode(),
    "as in JSON": lambda secret: "".join(f"\\u{ord(sign):04x}" for sign in secret).encode(),
    "in hex": lambda secret: secret.encode().hex().upper().encode(),
    "in base64": lambda secret: b64encode(b"password: " + secret.encode()),
    "in base64 twice": lambda secret: b64encode(b64encode(b"x" + secret.encode())),
    "in a form": lambda secret: quote(f"SharedSecret={secret}", safe="").encode(),
}


@pytest.mark.parametrize("coding", CODINGS)
def test_it_is_seen_in_whatever_coding(coding: str) -> None:
    for before in (b"", b"1", b"12"):
        assert SecretSearch(SECRET).stands_in(before + b" <note>" + CODINGS[coding](SECRET) + b"</note>")


def test_another_is_none_and_a_word_like_any_other_neither() -> None:
    assert not SecretSearch(SECRET).stands_in(b"<note>catheter-0816-hush</note>")
    assert not SecretSearch("welcome").stands_in(b"<note>welcome</note>")
    assert not SecretSearch("********").stands_in(b"<SharedSecret>********</SharedSecret>")
