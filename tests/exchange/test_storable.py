"""What a partner sends is stored whatever it holds, on both engines: made visible and cut, never refused."""

from __future__ import annotations

import msgspec
import pytest
from sqlalchemy import Connection, select

from hub.exchange import envelopes, messages, recording
from hub.exchange.model import DocumentRow
from hub.exchange.storable import storable_text
from hub.exchange.tables import document, search_key
from hub.kernel.outcome import Key
from hub.kernel.scope import EVERYONE
from hub.kernel.sentence import as_written
from hub.platform.database import Database
from tests.exchange.story import NOW, envelope, incoming, number_keys
from tests.stored import accept, put_keys

LONG = "9" * 500


def test_an_envelope_of_overlong_and_unprintable_values_is_written_and_judged(database: Database) -> None:
    def enter(conn: Connection, content: bytes) -> tuple[str, str]:
        taken = accept(conn, incoming(content))
        sent = msgspec.structs.replace(
            envelope(taken.message_id, 7), sender=f"Z\x00:{LONG}", receiver=LONG, reference=LONG
        )
        entered = envelopes.enter(conn, sent)
        return entered.judgement, entered.sender

    assert database.write_now(lambda conn: enter(conn, b"one")) == ("first", f"Z␀:{'9' * 157}")
    assert database.write_now(lambda conn: enter(conn, b"two")) == ("duplicate", f"Z␀:{'9' * 157}")


def test_a_document_of_overlong_and_unprintable_values_is_written(database: Database) -> None:
    def write(conn: Connection) -> str:
        message = accept(conn, incoming()).message_id
        row = DocumentRow(
            message=message,
            position=1,
            partner="acme-cardio",
            direction="in",
            kind="8" * 90,
            release="0" * 66,
            reference="00\x0001",
            subject_kind="purchase-order",
            subject="N" * 200,
            details={"group": "PURCHASE\x00\udcff 7", "long": LONG},
            validation="rejected",
            outcome="none",
        )
        recording.put_documents(conn, [row])
        put_keys(conn, "acme-cardio", message, number_keys(row))
        recording.note(conn, message, "held", as_written("why\x00"), at=NOW)
        recording.call_attention(conn, message, as_written("a\x00b\udcff"))
        return message

    message = database.write_now(write)
    found = database.read_now(lambda conn: conn.execute(select(document)).one())
    assert (found.kind, found.release, found.details["group"]) == ("8" * 60, "0" * 20, "PURCHASE␀\ufffd 7")
    assert found.details["long"] == "9" * recording.DETAIL_LENGTH_MAX
    assert (found.reference, found.subject) == ("00␀01", "N" * 80)
    detail = database.read_now(lambda conn: messages.message_detail(conn, EVERYONE, message))
    assert detail is not None
    assert detail.message.why == "a␀b\ufffd"


def test_a_number_is_found_by_its_digits_alone_where_enough_are_left(database: Database) -> None:
    def found(conn: Connection) -> list[int]:
        message, kind = accept(conn, incoming()).message_id, "purchase-order"
        keys = [Key(kind=kind, value=value) for value in ("PO-1234", "PO-987", "RL-2026-5678")]
        recording.put_kept_keys(conn, [("acme-cardio", message, keys)], {kind})
        return [len(messages.search(conn, EVERYONE, text)) for text in ("1234", "987", "po-987", "2026-5678", "5678")]

    assert database.write_now(found) == [1, 0, 1, 1, 1]


def test_of_a_number_that_says_nothing_nothing_is_kept() -> None:
    said = Key(kind="set", value="0001")
    assert recording.kept_keys([Key(kind="group", value=""), said, said]) == [said]


def test_keys_of_any_length_and_kind_are_written_and_found(database: Database) -> None:
    def write(conn: Connection) -> None:
        message = accept(conn, incoming()).message_id
        keys = [Key(kind="item", value=value) for value in ("A\x00B", "ß" * 120, LONG)]
        put_keys(conn, "acme-cardio", message, keys)

    database.write_now(write)
    folded = database.read_now(lambda conn: set(conn.execute(select(search_key.c.folded)).scalars()))
    assert folded == {"A␀B", "S" * 120, "9" * 120}

    def finds(conn: Connection) -> list[int]:
        return [len(messages.search(conn, EVERYONE, text)) for text in ("ß" * 120, LONG, "a\x00b")]

    assert database.read_now(finds) == [1, 1, 1]


def test_a_file_name_that_is_no_text_is_taken_in(database: Database) -> None:
    name = b"order\xff.edi".decode("utf-8", "surrogateescape") + "\x00"
    message = database.write_now(lambda conn: accept(conn, incoming(file_name=name)).message_id)
    detail = database.read_now(lambda conn: messages.message_detail(conn, EVERYONE, message))
    assert detail is not None
    assert detail.message.file_name == "order\ufffd.edi␀"


SIGNS = [0x061C, 0x200B, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029, 0x202A, 0x202D, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF]


@pytest.mark.parametrize("sign", SIGNS, ids=hex)
def test_a_file_name_shows_the_signs_that_would_show_it_as_another_and_is_found_so(
    database: Database, sign: int
) -> None:
    name = f"invoice{chr(sign)}ide.exe"
    message = database.write_now(lambda conn: accept(conn, incoming(file_name=name)).message_id)
    detail = database.read_now(lambda conn: messages.message_detail(conn, EVERYONE, message))
    assert detail is not None
    assert detail.message.file_name == f"invoice\\u{sign:04x}ide.exe"
    [hit] = database.read_now(lambda conn: messages.search(conn, EVERYONE, f"invoice\\u{sign:04x}ide.exe"))
    assert (hit.key.kind, hit.message.id) == ("file", message)


def test_an_idempotency_key_of_any_signs_finds_its_message_again(database: Database) -> None:
    key = "k\x00" * 200
    first = database.write_now(lambda conn: accept(conn, incoming(idempotency_key=key)))
    again = database.write_now(lambda conn: accept(conn, incoming(idempotency_key=key)))
    assert again.duplicate
    assert again.message_id == first.message_id


def test_prose_keeps_its_lines_and_a_value_does_not() -> None:
    assert storable_text("one\ntwo\x00") == "one\ntwo␀"
    assert storable_text("one\ntwo", 20) == "one␊two"
