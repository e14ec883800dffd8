"""What we write as one body is called by what it is, in the words of its syntax, and addressed to whom it is for."""

from __future__ import annotations

import pytest
from lxml import etree
from msgspec.structs import replace

from hub.canonical.result import Cause
from hub.exchange.controls import Numbers
from hub.exchange.partner_cxml import CxmlId, CxmlTable
from hub.exchange.partners import Partner
from hub.flow.documents import Identity
from hub.flow.drafts import Content, Draft
from hub.flow.rules import Rules
from hub.flow.syntax import Framed
from hub.flow.syntaxes import SYNTAXES
from hub.platform.configuration import find_configuration
from hub.platform.database import Database
from tests.conftest import NOW
from tests.stored import FrozenClock

RULES = Rules(find_configuration(None))
MERIDIAN = RULES.partner("meridian-cath")


def framed(
    database: Database, syntax: str, kind: str = "Order", *, test: bool = False, to: Identity | None = None,
    partner: Partner = MERIDIAN,
) -> Framed:  # fmt: skip
    draft = Draft(
        partner=partner.id,
        because=Cause(kind="message", id="m0"),
        test=test,
        syntax=syntax,
        contents=[Content(kind=kind, release="", body=b"<A/>")],
        to=to,
    )
    return database.write_now(
        lambda conn: SYNTAXES[syntax].frame(partner, draft, Numbers(conn, partner.id, FrozenClock(NOW)), "m1", NOW)
    )


@pytest.mark.parametrize(
    ("syntax", "name", "content_type"),
    [
        ("xml", "Order-m1.xml", "application/xml"),
        ("cxml", "Order-m1.xml", "text/xml"),
        ("json", "Order-m1.json", "application/json"),
    ],
)
def test_a_body_of_ours_is_a_file_of_its_syntax(
    sqlite_database: Database, syntax: str, name: str, content_type: str
) -> None:
    found = framed(sqlite_database, syntax)
    assert (found.file_name, found.content_type, found.kind) == (name, content_type, "Order")
    assert (found.envelope is not None) == (syntax == "cxml")


@pytest.mark.parametrize(
    ("kind", "name"), [("{urn:x}Order", "urn-x-Order-m1.xml"), ("a/b..c", "a-b..c-m1.xml"), ("../x", "x-m1.xml")]
)
def test_a_kind_that_is_no_name_of_a_file_becomes_one(sqlite_database: Database, kind: str, name: str) -> None:
    assert framed(sqlite_database, "xml", kind).file_name == name


@pytest.mark.parametrize(("test", "mode"), [(True, "test"), (False, "production")])
def test_the_envelope_of_a_cxml_of_ours_says_from_whom_to_whom_and_whether_it_is_a_test(
    sqlite_database: Database, test: bool, mode: str
) -> None:
    found = framed(sqlite_database, "cxml", test=test)
    assert found.envelope is not None
    assert (found.envelope.kind, found.envelope.reference) == ("payload", "m1@AN01000098765")
    assert (found.envelope.position, found.envelope.usage) == (1, mode)
    assert found.envelope.sender.spelled == "NetworkId:AN01000098765"
    assert found.envelope.receiver.spelled == "NetworkId:AN01000421977"
    root = etree.fromstring(found.body)
    assert root.get("payloadID") == "m1@AN01000098765"
    assert root.get("timestamp") == NOW.isoformat(timespec="seconds")
    said = [str(each) for each in root.xpath("//Identity/text()")]
    assert said[:2] == ["AN01000098765", "AN01000421977"]


def test_of_several_identities_the_one_that_is_meant_is_addressed_else_the_first(sqlite_database: Database) -> None:
    assert isinstance(MERIDIAN.cxml, CxmlTable)
    theirs = [CxmlId(domain="NetworkId", identity="A"), CxmlId(domain="DUNS", identity="A")]
    divided = replace(MERIDIAN, cxml=replace(MERIDIAN.cxml, theirs=theirs))
    for to, spelled in (
        (None, "NetworkId:A"),
        (Identity(id="A", qualifier="DUNS"), "DUNS:A"),
        (Identity(id="B", qualifier="DUNS"), "NetworkId:A"),
    ):
        found = framed(sqlite_database, "cxml", to=to, partner=divided)
        assert found.envelope is not None
        assert found.envelope.receiver.spelled == spelled
