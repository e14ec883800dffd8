"""An interchange that something else was made of on its way is refused by a sentence that says what, and what to do."""

from __future__ import annotations

import base64
import bz2
import gzip
import lzma
import quopri
from urllib.parse import quote, quote_plus

import pytest

from hub.formats.x12.disguise import disguise
from hub.formats.x12.events import TransactionSet
from hub.formats.x12.reader import read
from hub.kernel.errors import Unreadable
from tests.flow.wire import one_order

SOUND = one_order("4600000733")
TEXT = SOUND.decode()
MAIL = b"From: buyer@example.com\r\nSubject: order\r\nContent-Type: application/octet-stream\r\n"

DISGUISES = {
    "gzip": (gzip.compress(SOUND), "compressed (gzip)"),
    "bzip2": (bz2.compress(SOUND), "compressed (bzip2)"),
    "xz": (lzma.compress(SOUND), "compressed (xz)"),
    "zstd": (b"\x28\xb5\x2f\xfd" + SOUND, "compressed (zstd)"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + SOUND, "7z archive"),
    "rar": (b"Rar!\x1a\x07" + SOUND, "RAR archive"),
    "a PDF": (b"%PDF-1.7\n" + SOUND, "PDF document"),
    "an office document": (b"\xd0\xcf\x11\xe0\xa1\xb1" + SOUND, "office program"),
    "a picture": (b"\x89PNG\r\n" + SOUND, "picture"),
    "PGP": (b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "PGP"),
    "S/MIME": (b"MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\n\r\nMIAGCSqG", "S/MIME"),
    "an IDoc": (b"EDI_DC40  1000000000000123456", "IDoc"),
    "EBCDIC": (TEXT.encode("cp037"), "EBCDIC"),
    "EBCDIC of another country, padded": (("  " + TEXT).encode("cp500"), "EBCDIC"),
    "base64": (base64.encodebytes(SOUND), "base64"),
    "base64 on one line": (base64.b64encode(SOUND), "base64"),
    "base64 in a mail": (MAIL + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(SOUND), "base64"),
    "a form's field": (("edi=" + quote_plus(TEXT)).encode(), "web form"),
    "a form's value": (quote(TEXT, safe="").encode(), "web form"),
    "hexadecimal": (SOUND.hex().encode(), "hexadecimal"),
    "hexadecimal with blanks": (SOUND.hex(" ").upper().encode(), "hexadecimal"),
    "quoted-printable": (quopri.encodestring(SOUND), "quoted-printable"),
    "HTML": (TEXT.replace(">", "&gt;").encode(), "web page"),
    "HTML by number": (TEXT.replace(">", "&#62;").encode(), "web page"),
    "lower case": (TEXT.lower().encode(), "lower case"),
    "only the header in lower case": (TEXT.replace("ISA*", "isa*").encode(), "lower case"),
}


@pytest.mark.parametrize("name", DISGUISES)
def test_what_was_made_of_an_interchange_is_named_with_what_to_do(name: str) -> None:
    body, said = DISGUISES[name]
    with pytest.raises(Unreadable) as refused:
        list(read(body))
    assert refused.value.code == "ENV-DISGUISED"
    assert said in str(refused.value)
    assert "send" in str(refused.value) or "the hub takes X12 here" in str(refused.value)


DATA_OF_THE_SAME_LOOKS = {
    "an equals sign at the end of a line": TEXT.replace("BPA-2026-017", "BPA-2026=").replace("~", "~\r\n"),
    "a value that ends in an equals sign": TEXT.replace("BPA-2026-017~", "A=~\n"),
    "an entity in a text": TEXT.replace("BPA-2026-017", "A&amp;B &gt; C"),
    "a percent sign behind ISA": TEXT.replace("BPA-2026-017", "VISA%2A"),
    "base64 in a text": TEXT.replace("BPA-2026-017", "SVNBKjAwKiAg"),
    "a header of a mail before it": f"{MAIL.decode()}\r\n{TEXT}",
    "a mail that says base64 of another part": f"Content-Transfer-Encoding: base64\r\n\r\nZm9v\r\n{TEXT}",
    "lower case in the data": TEXT.replace("BPA-2026-017", "isa*00*"),
    "words before it": f"compressed file follows: {TEXT}",
    "hexadecimal digits in the data": TEXT.replace("BPA-2026-017", SOUND[:10].hex()),
}


@pytest.mark.parametrize("name", DATA_OF_THE_SAME_LOOKS)
def test_an_interchange_whose_data_looks_so_is_read(name: str) -> None:
    sets = [event for event in read(DATA_OF_THE_SAME_LOOKS[name].encode()) if isinstance(event, TransactionSet)]
    assert len(sets) == 1


@pytest.mark.parametrize(
    "text", ["ISA%2A00", "=ISA%7C", "a=\n", "&gt;", "&#42;", "content-type: application/pkcs7-mime"]
)
def test_what_stands_in_the_data_of_a_plain_interchange_is_data(text: str) -> None:
    body = one_order("4500098123").replace(b"CUR*BY*USD~", f"CUR*BY*USD~MSG*{text}~".encode())
    assert disguise(body) is None
