"""No secret of a cXML is kept, however it is written; and what is kept stands where it stood."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.formats.cxml import blots

SECRET = "hush-0815"


class Found(NamedTuple):
    """What is left of a head."""

    head: bytes
    is_open: bool


def blotted(head: bytes) -> Found:
    return Found(*blots.blotted(head))


HEADER = (
    "<Header><From><Credential domain='DUNS'><Identity>1</Identity></Credential></From>"
    "<Sender><Credential domain='NetworkId'><Identity>2</Identity>{}</Credential></Sender></Header>"
)
CXML = '<?xml version="1.0"{}?>\n<cXML payloadID="1">\n' + HEADER + "\n<Request><OrderRequest/></Request></cXML>\n"


def order(shown: str = f"<SharedSecret>{SECRET}</SharedSecret>", encoding: str = "") -> str:
    return CXML.format(f' encoding="{encoding}"' if encoding else "", shown)


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        (f"<SharedSecret>{SECRET}</SharedSecret>", "<SharedSecret>*********</SharedSecret>"),
        (f"<SharedSecret >\r\n {SECRET}</SharedSecret >", "<SharedSecret >\r\n**********</SharedSecret >"),
        (f"<SharedSecret a='>' b=\"{SECRET}\"/>", "<SharedSecret a='*' b=\"*********\"/>"),
        (f"<c:SharedSecret>{SECRET}</c:SharedSecret>", "<c:SharedSecret>*********</c:SharedSecret>"),
        (f"<SharedSecret><b>{SECRET}</b></SharedSecret>", "<SharedSecret>****************</SharedSecret>"),
        (
            f"<SharedSecret><![CDATA[</SharedSecret>{SECRET}]]></SharedSecret>",
            f"<SharedSecret>{'*' * 36}</SharedSecret>",
        ),
        (f"<SharedSecret><!--</SharedSecret>-->{SECRET}</SharedSecret>", f"<SharedSecret>{'*' * 31}</SharedSecret>"),
        (
            f"<SharedSecret><SharedSecret/>{SECRET}</SharedSecret>",
            "<SharedSecret>************************</SharedSecret>",
        ),
        ("<SharedSecret>&#104;ush&amp;</SharedSecret>", "<SharedSecret>**************</SharedSecret>"),
        ("<SharedSecret>né 汉 \U0001f600</SharedSecret>", "<SharedSecret>*·*•*\U0001f512</SharedSecret>"),
        (f"<CredentialMac type='x'>{SECRET}</CredentialMac>", "<CredentialMac type='*'>*********</CredentialMac>"),
        (f"<SHAREDSECRET>{SECRET}</SharedSecret>", "<SHAREDSECRET>*********</SharedSecret>"),
        (
            f"<E>&lt;SharedSecret&gt;{SECRET}&lt;/SharedSecret&gt;</E>",
            f"<E>&lt;SharedSecret{'*' * 17}/SharedSecret&gt;</E>",
        ),
        (f"<E>&amp;lt;a:sharedsecret>{SECRET}</E>", f"<E>&amp;lt;a:sharedsecret{'*' * 10}</E>"),
        (f"<E>&#x3C;SharedSecret&#62;{SECRET}</E>", f"<E>&#x3C;SharedSecret{'*' * 14}</E>"),
        (f"<E a='1' name='Shared Secret'>{SECRET}</E>", "<E a='*' name='*************'>*********</E>"),
        (f'<E name="API-PASS&#87;ORD"><E>{SECRET}</E></E>', '<E name="****************">****************</E>'),
        (f'<E>&lt;E name="Password">{SECRET}</E>', f"<E>&lt;E name={'*' * 20}</E>"),
        (
            f"<cbc:Name>SharedSecret</cbc:Name> <cbc:Value>{SECRET}</cbc:Value>",
            "<cbc:Name>SharedSecret</cbc:Name> <cbc:Value>*********</cbc:Value>",
        ),
        ("<E name='Secretary'>b</E><E name='compass'>b</E>", "<E name='Secretary'>b</E><E name='compass'>b</E>"),
        ("<SharedSecret/><a>b</a>", "<SharedSecret/><a>b</a>"),
        ("<SharedSecretOf>b</SharedSecretOf>", "<SharedSecretOf>b</SharedSecretOf>"),
        (
            '<PCard number="4111111111111111" expiration="2028-06-30"/><a/>',
            '<PCard number="****************" expiration="**********"/><a/>',
        ),
        ("<PCard number='4111'><Name>J. Doe</Name></PCard>", "<PCard number='****'>*******************</PCard>"),
        (
            "<cbc:PrimaryAccountNumberID>4111</cbc:PrimaryAccountNumberID><cbc:CV2ID>123</cbc:CV2ID>",
            "<cbc:PrimaryAccountNumberID>****</cbc:PrimaryAccountNumberID><cbc:CV2ID>***</cbc:CV2ID>",
        ),
    ],
)
def test_each_sign_of_a_secret_becomes_a_blot_and_nothing_else_changes(shown: str, kept: str) -> None:
    found = blotted(order(shown).encode())
    assert found.head.decode() == order(kept)
    assert not found.is_open


@pytest.mark.parametrize(
    "shown",
    [
        f"<!-- <SharedSecret>{SECRET}</SharedSecret> -->",
        f"<!-- SharedSecret: {SECRET} -->",
        f"<![CDATA[<SharedSecret>{SECRET}</SharedSecret>]]>",
        f"<?note SharedSecret {SECRET}?>",
        f"<SharedSecret>{SECRET}",
        f"<SharedSecret {SECRET}",
        f'<SharedSecret x="{SECRET}</SharedSecret>',
        f"<SharedSecret>{SECRET}</sharedsecret>",
        f"<!-- <SharedSecret>{SECRET}</SharedSecret>",
        f"<SharedSecret>{SECRET}</SharedSecret><SharedSecret>{SECRET}</SharedSecret>",
    ],
)
def test_what_is_broken_or_commented_out_keeps_no_secret_either(shown: str) -> None:
    body = order(shown).encode()
    found = blotted(body)
    assert SECRET.encode() not in found.head
    assert len(found.head) == len(body)
    assert found.head.count(b"\n") == body.count(b"\n")


def test_what_stands_behind_a_comment_about_secrets_stays() -> None:
    kept = blotted(order("<!-- the SharedSecret stands elsewhere --><Note>all of it</Note>").encode()).head.decode()
    assert kept == order("<!-- the SharedSecret******************--><Note>all of it</Note>")


def test_an_entity_that_could_say_a_secret_is_blotted_out() -> None:
    body = f'<!DOCTYPE cXML [<!ENTITY s "{SECRET}">]>{order("<SharedSecret>&s;</SharedSecret>")}'.encode()
    assert SECRET.encode() not in blotted(body).head


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "iso8859-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be", "cp037"],
)
def test_a_secret_is_found_in_every_encoding(encoding: str) -> None:
    shown = f"<SharedSecret>{SECRET}é</SharedSecret>"
    body = order(shown, encoding).encode(encoding)
    found = blotted(body).head
    assert len(found) == len(body)
    kept = found.decode(encoding)
    assert SECRET not in kept
    assert kept.replace("*", "").replace("·", "") == order("<SharedSecret></SharedSecret>", encoding)


@pytest.mark.parametrize("encoding", ["gb18030", "shift_jis", "utf-7", "iso2022_jp"])
def test_in_encodings_that_no_reader_of_ours_takes_none_is_kept_either(encoding: str) -> None:
    assert SECRET.encode() not in blotted(order(encoding=encoding).encode(encoding)).head


@pytest.mark.parametrize("coding", ["7bit", "base64", "quoted-printable"])
@pytest.mark.parametrize("on_top", [b"", b"Content-Type: multipart/related; boundary=XX\r\n\r\n"])
def test_a_secret_is_found_in_a_part_of_a_multipart_body_as_it_is_coded_for_mail(coding: str, on_top: bytes) -> None:
    plain = order(f"<SharedSecret>{SECRET}-grün</SharedSecret>").encode()
    coded = {"7bit": bytes, "base64": base64.encodebytes, "quoted-printable": quopri.encodestring}[coding](plain)
    start = on_top + b"--XX\r\nContent-Type: text/xml\r\nContent-Transfer-Encoding: " + coding.encode() + b"\r\n\r\n"
    end = b"\r\n--XX\r\nContent-Type: image/png\r\n\r\n\x89PNG--\r\n--XX--\r\n"
    body = start + coded + end
    found = blotted(body).head
    assert len(found) == len(body)
    assert found.startswith(start)
    assert found.endswith(end)
    part = found[len(start) : -len(end)]
    decoded = {"7bit": bytes, "base64": base64.decodebytes, "quoted-printable": quopri.decodestring}[coding](part)
    assert decoded == order("<SharedSecret>************·*</SharedSecret>").encode()


def test_a_secret_that_goes_on_behind_what_is_looked_at_is_told() -> None:
    body = order().encode()
    for cut in (body.index(b"<SharedSecret") + 13, body.index(b"hush"), body.index(b"0815"), body.index(b"</Shared")):
        assert blotted(body[:cut]).is_open
    assert not blotted(body[: body.index(b"</Shared") + 20]).is_open


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"ISA*00*          *00*",
        b'{"SharedSecret": "is a word"}',
        b"--\r\n",
        b"\x00\xff" * 1000,
        b"<Order>SharedSecret</Order>",
    ],
)
def test_what_holds_no_secret_stays_as_it_is(body: bytes) -> None:
    found = blotted(body)
    assert found.head == body
    assert not found.is_open


def test_the_samples_of_others_keep_none(shared: Path) -> None:
    files = [each for each in (shared / "samples" / "cxml").rglob("*.xml") if b"<SharedSecret>" in each.read_bytes()]
    assert files
    for file in files:
        body = file.read_bytes()
        said = body.split(b"<SharedSecret>")[1].split(b"<")[0]
        kept = blotted(body).head
        assert b"<SharedSecret>" + said.strip() not in kept or not said.strip(b"* ")
        assert len(kept) == len(body)


@given(st.binary(max_size=300), st.text(max_size=20), st.binary(max_size=100))
def test_no_bytes_around_it_break_anything(before: bytes, secret: str, after: bytes) -> None:
    body = before + b"<SharedSecret>" + secret.encode() + b"</SharedSecret>" + after
    assert len(blotted(body).head) == len(body)


@pytest.mark.parametrize(
    "piece",
    [
        b"<SharedSecret ",
        b"<SharedSecret>",
        b"<!-- SharedSecret ",
        b"<!--",
        b"SharedSecret='",
        b"<E name='secret'>",
        b"&lt;SharedSecret",
        b"--a\r\n\r\n",
        b"A: b\r\n ",
    ],
)
def test_what_comes_again_and_again_is_taken_apart_to_its_end(piece: bytes) -> None:
    for start in (b"", b"<", b"--a\r\nContent-Transfer-Encoding: base64\r\n"):
        body = (start + piece * (64 * 1024 // len(piece)))[: 64 * 1024]
        assert len(blotted(body).head) == len(body)
