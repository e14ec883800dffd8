"""Findings and acknowledgements that an earlier release stored with X12's names are read by the hub of today."""

from __future__ import annotations

import json

import pytest
from alembic import command
from sqlalchemy import Connection, text

from hub.canonical.acknowledgement import FunctionalAcknowledgement
from hub.canonical.stored import decode_document, encode_document
from hub.exchange.messages import message_detail
from hub.kernel.location import Location
from hub.kernel.scope import EVERYONE
from hub.platform import schema
from hub.platform.database import Database
from tests.exchange.story import receive_order

FINDINGS_BEFORE = [
    {
        "code": "ENV-SETS-NOT-KEPT",
        "severity": 1,
        "words": {"count": 3, "set": "0009"},
        "location": {"interchange": 101, "group": 7, "set": "0002", "segment": 4, "tag": "REF"},
        "found": 'they wrote "interchange":5 and "set":"x"',
    },
    {"code": "MAP-CODE", "severity": 2, "words": {"group": "PO"}, "location": {"path": "lines[0]"}},
    {"code": "GDE-GONE", "severity": 2},
]
VERDICT_BEFORE = (
    b'{"document":"FunctionalAcknowledgement","version":1,"verdict":"rejected","group":{"kind":"PR","number":12},'
    b'"sets":[{"kind":"855","verdict":"rejected","number":"0001","convention":"005010X1","reason":"5","segments":['
    b'{"position":3,"segment":"REF","loop":"REF","reason":"8","elements":[{"code":"7","segment":"REF","element":1}]}]}]}'
)
TA1_BEFORE = (
    b'{"document":"FunctionalAcknowledgement","version":1,"verdict":"rejected",'
    b'"interchange":{"number":101,"on":"2026-11-20"},"reason":"006"}'
)

PAYLOAD_BEFORE = (
    b'{"document":"FunctionalAcknowledgement","version":1,"verdict":"accepted","envelope":"4711@buy.example",'
    b'"sets":[{"kind":"OrderRequest","verdict":"accepted"}]}'
)


def stored(database: Database, message: str) -> tuple[str, str, bytes]:
    asked = text("SELECT m.findings, d.findings, d.canonical FROM message m JOIN document d ON d.message = m.id"
                 " WHERE m.id = :id")  # fmt: skip
    about, of_document, canonical = database.read_now(lambda conn: conn.execute(asked, {"id": message}).one())
    return about, of_document, bytes(canonical)


def before(database: Database, canonical: bytes) -> str:
    """Leave the database as the release before left it, with one message that says all this; return the message."""
    message = database.write_now(lambda conn: receive_order(conn, "PO-1"))
    database.alone(lambda conn: command.downgrade(schema.alembic_config(conn), "0017"))

    def write(conn: Connection) -> None:
        found = {"found": json.dumps(FINDINGS_BEFORE), "id": message}
        conn.execute(text("UPDATE message SET findings = :found WHERE id = :id"), found)
        about = {**found, "canonical": canonical}
        said = "findings = :found, canonical = :canonical, document = 'FunctionalAcknowledgement'"
        conn.execute(text(f"UPDATE document SET {said} WHERE message = :id"), about)

    database.write_now(write)
    return message


def test_places_and_verdicts_of_the_release_before_are_read_by_their_names_of_today(database: Database) -> None:
    message = before(database, VERDICT_BEFORE)
    schema.upgrade(database)
    detail = database.read_now(lambda conn: message_detail(conn, EVERYONE, message))
    assert detail is not None
    for findings in (detail.findings, detail.documents[0].findings):
        first, second, third = findings
        assert first.location == Location(envelope="101", group="7", document="0002", segment=4, tag="REF")
        assert first.found == FINDINGS_BEFORE[0]["found"]
        assert first.message.startswith("3 more documents were refused for their form")
        assert (second.words, second.location) == ({"group": "PO"}, Location(path="lines[0]"))
        assert third.location == Location()
    _, _, canonical = stored(database, message)
    said = decode_document("FunctionalAcknowledgement", canonical)
    assert isinstance(said, FunctionalAcknowledgement)
    [judged] = said.documents
    [fault] = judged.faults
    assert (judged.version, fault.place, fault.within, fault.findings[0].element) == ("005010X1", "REF", "REF", 1)


def test_an_envelope_that_was_acknowledged_by_a_number_is_acknowledged_by_its_reference(database: Database) -> None:
    message = before(database, TA1_BEFORE)
    schema.upgrade(database)
    said = decode_document("FunctionalAcknowledgement", stored(database, message)[2])
    assert isinstance(said, FunctionalAcknowledgement)
    assert said.envelope is not None
    assert (said.envelope.reference, str(said.envelope.on)) == ("101", "2026-11-20")
    assert encode_document(said) == stored(database, message)[2]


@pytest.mark.parametrize("canonical", [VERDICT_BEFORE, TA1_BEFORE, PAYLOAD_BEFORE])
def test_who_goes_back_to_the_release_before_has_its_names_again(database: Database, canonical: bytes) -> None:
    message = before(database, canonical)
    schema.upgrade(database)
    database.alone(lambda conn: command.downgrade(schema.alembic_config(conn), "0017"))
    about, of_document, kept = stored(database, message)
    assert [json.loads(about), json.loads(of_document)] == [FINDINGS_BEFORE] * 2
    assert json.loads(kept) == json.loads(canonical)
