"""What a body shows of its sender while it comes in, and what is said at once: asked as the door asks it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree
from msgspec.structs import replace

from hub.access.shared_secrets import SecretRing, put_secret
from hub.exchange.partner_cxml import CxmlTable
from hub.exchange.partners import Partner
from hub.flow.receiving import (
    is_called_signed,
    kept_of_refused,
    may_be_signed,
    nothing_behind,
    receipt,
    require_signed,
    signature,
    without_secrets,
)
from hub.flow.rules import Rules
from hub.flow.signing import DoorAnswer
from hub.kernel.errors import RefusedBody
from hub.platform.configuration import find_configuration
from hub.platform.database import Database
from hub.security.passwords import hash_password
from tests.house import CHECKOUT
from tests.stored import FrozenClock

RULES = Rules(find_configuration(None))
MERIDIAN = RULES.partner("meridian-cath")
ORDER = (CHECKOUT / "partners" / "meridian-cath" / "samples" / "order.xml").read_bytes()
X12 = (CHECKOUT / "partners" / "acme-cardio" / "samples" / "order.edi").read_bytes()
SIGNED = ORDER.replace(
    b"<Identity>AN01000000001</Identity>", b"<Identity>AN01000000001</Identity><SharedSecret>hush</SharedSecret>"
)
AT = datetime(2026, 11, 30, 9, tzinfo=UTC)


def signing(*, due: bool) -> Partner:
    assert isinstance(MERIDIAN.cxml, CxmlTable)
    return replace(MERIDIAN, cxml=replace(MERIDIAN.cxml, shared_secret=due))


def test_a_cxml_shows_its_secret_and_whose_it_is() -> None:
    shown = signature(SIGNED, MERIDIAN)
    assert shown is not None
    assert (shown.secret, shown.is_theirs, shown.is_due) == ("hush", True, False)
    assert "is not as agreed" in shown.wrong


def test_who_signs_is_nobody_where_the_header_names_another_or_the_partner_has_no_cxml() -> None:
    renamed = SIGNED.replace(b"AN01000421977", b"AN01000421978")
    for body, partner in ((renamed, MERIDIAN), (SIGNED, RULES.partner("acme-cardio")), (SIGNED, None)):
        shown = signature(body, partner)
        assert shown is not None
        assert (shown.secret, shown.is_theirs, shown.is_due) == ("hush", False, False)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (ORDER, "there is no SharedSecret with an end tag"),
        (ORDER.replace(b'cXML.dtd">', b'cXML.dtd" [<!ENTITY a "b">]>'), "SYN-CXML-SUBSET"),
        (SIGNED.replace(b"</SharedSecret>", b"</SharedSecret><SharedSecret>hush</SharedSecret>"), "more than one Sh"),
        (b"<!-- without end", "no Header of a cXML can be read"),
        (b"<!DOCTYPE cXML SYSTEM 'x.dtd'><!-- without end", "no Header of a cXML can be read"),
        (b"--b7\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b7--\r\n", "no Header of a cXML can be read"),
        (b"Content-Type: multipart/related; boundary=b7\r\n\r\n--b7", "no Header of a cXML can be read"),
        (b"MIME-Version: 1.0\r\n\r\n", "no Header of a cXML can be read"),
    ],
)
def test_what_shows_no_secret_says_what_is_missing_and_whether_it_is_due(body: bytes, said: str) -> None:
    for due in (True, False):
        shown = signature(body, signing(due=due))
        assert shown is not None, "what may be read as a cXML later is no way around a signature"
        assert (shown.secret, shown.is_due) == ("", due)
        assert said in shown.missing


@pytest.mark.parametrize(
    "body", [X12, b"<Order><Header/></Order>", b'{"number": 1}', b"", b"hello", b"- a\n- b\n", b"Dear all: hello"]
)
def test_in_what_is_no_cxml_nobody_has_to_sign(body: bytes) -> None:
    assert signature(body, signing(due=True)) is None


@pytest.mark.parametrize(
    ("called", "may_be", "is_called"),
    [
        ("text/xml", True, True),
        ("Application/XML; charset=utf-8", True, True),
        ("application/cxml+xml", True, True),
        ('multipart/related; type="text/xml"', True, True),
        ("application/octet-stream; name=order.xml", True, False),
        ("text/plain", True, False),
        ("", True, False),
        (None, True, False),
        ("application/json", False, False),
        ("application/vnd.helix+json; schema=xml", False, False),
        (" Application/EDI-X12", False, False),
        ("application/edifact", False, False),
    ],
)
def test_by_what_a_body_is_called_it_is_known_whether_it_may_show_who_sent_it(
    called: str | None, may_be: bool, is_called: bool
) -> None:
    assert (may_be_signed(called), is_called_signed(called)) == (may_be, is_called)


@pytest.mark.parametrize(
    ("body", "behind_is_kept"),
    [(X12, True), (b"hello", True), (ORDER, False), (b"<Order/>", False), (b"MIME-Version: 1.0\r\n\r\n", False)],
)
def test_of_a_refused_body_that_may_hold_a_secret_nothing_behind_its_beginning_is_kept(
    body: bytes, behind_is_kept: bool
) -> None:
    assert kept_of_refused(body) == (body, not behind_is_kept)


def test_a_refused_body_is_kept_with_its_secret_blotted_out() -> None:
    kept, _ = kept_of_refused(SIGNED)
    assert kept == SIGNED.replace(b">hush<", b">****<")
    kept, is_open = kept_of_refused(SIGNED[: SIGNED.index(b"hush") + 2])
    assert (b"hu" in kept[-4:], is_open) == (False, True)


def status_of(said: DoorAnswer, head: bytes = ORDER, called: str | None = None) -> tuple[str, str]:
    told = receipt(said, head, called, "r1", AT)
    assert told is not None
    assert (told.status, told.content_type.partition(";")[0]) == (200, "text/xml")
    root = etree.fromstring(told.body)
    assert root.get("payloadID") == "r1@contract-hub"
    status = root.find("Response/Status")
    assert status is not None
    return status.get("code", ""), status.text or ""


def test_a_cxml_hears_which_message_it_became_and_where_its_verdict_will_stand() -> None:
    taken = DoorAnswer(status=202, message="m1")
    assert status_of(taken) == ("201", "message m1; name it when you ask what became of it")
    assert status_of(replace(taken, link="/v/m1")) == ("201", "message m1; its verdict: /v/m1")
    again = replace(taken, status=200, duplicate=True, link="/v/m1")
    assert status_of(again)[1] == "message m1 came before; its verdict: /v/m1"
    assert status_of(DoorAnswer(status=401, text="who are you"))[1] == "who are you"


def test_only_what_begins_as_a_cxml_hears_a_response_and_what_is_called_one_and_begins_as_nothing_else() -> None:
    refused = DoorAnswer(status=400, text="it is empty")
    assert status_of(refused, b"", "application/cXML+xml") == status_of(refused)
    for head in (b"hello", X12, b""):
        assert status_of(refused, head, "application/cxml") == status_of(refused)
    for head, called in ((b'{"a": 1}', "application/cxml"), (X12, "text/xml"), (b"", "text/xml"), (b"", None)):
        assert receipt(refused, head, called, "r1", AT) is None, "what everybody hears"


def test_a_secret_that_has_an_end_is_blotted_out_and_one_that_goes_on_refuses_the_body() -> None:
    assert without_secrets(SIGNED, is_all=False) == SIGNED.replace(b">hush<", b">****<")
    assert without_secrets(X12, is_all=False) == X12
    cut = SIGNED[: SIGNED.index(b"hush") + 2]
    with pytest.raises(RefusedBody, match="has no end in the first 64 KiB"):
        without_secrets(cut, is_all=False)
    kept = without_secrets(cut, is_all=True)
    assert (len(kept), kept.endswith(b"hu")) == (len(cut), False), "there is no more of it"


def test_a_secret_behind_the_beginning_refuses_the_body_and_anything_else_does_not() -> None:
    look = nothing_behind(SIGNED)
    look(b"<Comments>harmless</Comments>")
    with pytest.raises(RefusedBody, match="behind its first 64 KiB"):
        look(b"<Sender><Credential><SharedSecret>hush</SharedSecret>")


@pytest.mark.anyio
async def test_what_has_to_be_signed_is_refused_without_the_secret_that_was_agreed(
    sqlite_database: Database, clock: FrozenClock
) -> None:
    ring = SecretRing(sqlite_database, clock)

    async def refused(body: bytes, partner: Partner = MERIDIAN) -> str:
        try:
            await require_signed(ring, MERIDIAN.id, partner, body)
        except RefusedBody as fault:
            return str(fault)
        return ""

    assert await refused(ORDER) == await refused(SIGNED) == "", "nobody has to sign: there is no secret"
    assert "it has no secret" in await refused(ORDER, signing(due=True))
    assert "its secret is wrong" in await refused(SIGNED, signing(due=True))
    hashed = hash_password("hush")
    await sqlite_database.write(lambda conn: put_secret(conn, MERIDIAN.id, hashed, now=clock.now(), actor="test"))
    for _ in range(2):  # the second time it is known
        assert await refused(SIGNED) == ""
        assert "its secret is wrong" in await refused(SIGNED.replace(b"hush", b"hash"))
    assert "it has no secret" in await refused(ORDER)
    assert await refused(X12, signing(due=True)) == "", "nothing else of theirs is signed"
