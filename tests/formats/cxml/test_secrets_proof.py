"""Whatever cXML is written, its secret is read as a parser reads it, and none of it is kept."""

from __future__ import annotations

import base64
import quopri
import random
import re
from collections import Counter
from collections.abc import Callable

import pytest
from lxml import etree

from hub.formats.cxml.blots import blotted
from hub.formats.cxml.credentials import credentials
from tests.house import Many

SIGNS = "hush-0815ÄÖé汉\U0001f600&<"
ENCODINGS = ("utf-8", "utf-8-sig", "iso8859-1", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
BLANKS = ("", "\n  ", "<!-- a -->", "<?pi b?>", "<!-- SharedSecret -->")
AROUND = (*BLANKS, "<Extrinsic name='x'>y</Extrinsic>", "<UserAgent/>")


def written(secret: str, chance: random.Random) -> str:
    """Return ``secret`` as XML may write it."""
    told: list[str] = []
    for sign in secret:
        plain = sign.replace("&", "&amp;").replace("<", "&lt;")
        told.append(
            chance.choice((plain, plain, plain, f"&#{ord(sign)};", f"&#x{ord(sign):X};", f"<![CDATA[{sign}]]>"))
        )
        if chance.random() < 0.05:
            told.append(chance.choice(("<!---->", "<?p?>", "\n")))
    return "".join(told)


def cxml(secret: str, encoding: str, chance: random.Random) -> bytes:
    """Return a cXML that is signed by ``secret``, with what may stand around it."""

    def some(pieces: tuple[str, ...] = AROUND) -> str:
        return "".join(chance.choice(pieces) for _ in range(chance.randrange(3)))

    blank = chance.choice(("", " ", "\n"))
    shown = f"<SharedSecret{blank}>{written(secret, chance)}</SharedSecret{blank}>"
    commented = f"<!-- <SharedSecret>{secret.replace('-', '')}</SharedSecret> -->" if chance.random() < 0.3 else ""
    sender = f"{some()}<Identity>2</Identity>{some()}{shown}{some()}"
    said = encoding if encoding != "utf-8-sig" else "utf-8"
    text = (
        f'<?xml version="1.0" encoding="{said}"?>{some(BLANKS)}<cXML payloadID="1">{some(BLANKS)}<Header>{commented}'
        "<From>"
        f'<Credential domain="DUNS"><Identity>1</Identity></Credential></From>{some()}<Sender>{some()}'
        f"<Credential domain='NetworkId'>{sender}</Credential>{some()}</Sender></Header>{some()}<Request/></cXML>"
    )
    return text.encode(encoding, "xmlcharrefreplace")


def in_parts(body: bytes, coding: str) -> bytes:
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring, "binary": bytes}[coding](body)
    return b"--X\r\nContent-Transfer-Encoding: " + coding.encode() + b"\r\n\r\n" + coded + b"\r\n--X--\r\n"


def taken_apart(body: bytes, coding: str) -> bytes:
    coded = body.partition(b"\r\n\r\n")[2].rpartition(b"\r\n--X--")[0]
    return {"base64": base64.decodebytes, "quoted-printable": quopri.decodestring, "binary": bytes}[coding](coded)


def secret_in(body: bytes, encoding: str) -> str:
    """Return the shared secret as lxml reads it; its encoding is one that lxml may not know."""
    text = re.sub(r"<\?xml .*?\?>", "", body.decode(encoding), count=1)
    found = etree.fromstring(text, etree.XMLParser(remove_comments=True, remove_pis=True))
    return found.findtext("Header/Sender/Credential/SharedSecret") or ""


@pytest.mark.proof
def test_a_secret_is_read_as_a_parser_reads_it_and_none_of_it_is_kept(many: Many, tally: Callable[[str], None]) -> None:
    inputs, chance = many(400, proof=50_000), random.Random(20261130)
    counted: Counter[str] = Counter()
    for _ in range(inputs):
        encoding, coding = chance.choice(ENCODINGS), chance.choice(("", "binary", "base64", "quoted-printable"))
        secret = "".join(chance.choice(SIGNS) for _ in range(chance.randrange(4, 30)))
        body = cxml(secret, encoding, chance)
        came = in_parts(body, coding) if coding else body
        shown = credentials(came)
        assert shown is not None
        assert shown.secret == secret_in(body, encoding).strip(), came
        kept, is_open = blotted(came)
        assert (len(kept), is_open) == (len(came), False), came
        alone = taken_apart(kept, coding) if coding else kept
        assert set(secret_in(alone, encoding)) <= set("*·•\U0001f512\n"), came
        assert f"Secret>{secret}<" not in alone.decode(encoding), came
        counted[f"{encoding} {coding}"] += 1
    tally(f"{inputs} cXML in {len(counted)} ways: each secret read as a parser reads it, none of any kept")
