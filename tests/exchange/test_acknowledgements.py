"""An acknowledgement finds the message it speaks of, and its absence is noticed."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec.structs import replace
from sqlalchemy import Connection

from hub.canonical.result import Cause
from hub.exchange import acknowledgements, envelopes, messages
from hub.exchange.duties import put_duties
from hub.exchange.model import Acknowledgement, Duty, MessageDetail
from hub.exchange.overdue import mark_overdue
from hub.kernel.outcome import Key
from hub.kernel.scope import EVERYONE
from hub.kernel.sentence import as_written
from hub.platform.database import Database
from tests.exchange.story import NOW, answer, envelope, receive_order
from tests.stored import put_keys

DUE = NOW + timedelta(hours=24)


def expect(conn: Connection, message: str, number: int = 41, partner: str = "acme-cardio") -> None:
    awaited = Duty(
        partner=partner,
        debtor="partner",
        kind="997",
        reference=f"PR {number}",
        because=Cause(kind="message", id=message),
        due_at=DUE,
        state="awaited",
    )
    put_duties(conn, [awaited])


def match(
    conn: Connection,
    verdict: Acknowledgement,
    *,
    partner: str = "acme-cardio",
    number: int = 41,
    of_set: Acknowledgement | None = None,
) -> str | None:
    group = acknowledgements.sent_documents(conn, partner, kinds=("997", "999"), reference=f"PR {number}")
    if group is None:
        return None
    sets = [
        acknowledgements.DocumentVerdict(position=each.position, verdict=of_set or verdict, findings=each.findings)
        for each in group.documents
    ]
    acknowledgements.acknowledge_documents(
        conn, partner, group, verdict, in_words=as_written(verdict), documents=sets, by="inbound-997", now=NOW
    )
    return group.message


def sent(conn: Connection) -> str:
    message = answer(conn, "PO-1", receive_order(conn, "PO-1"))
    expect(conn, message)
    return message


def detail(conn: Connection, message: str) -> MessageDetail:
    found = messages.message_detail(conn, EVERYONE, message)
    assert found is not None
    return found


def test_a_997_accepts_the_group_it_names(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent(conn)
        assert match(conn, "accepted") == message
        shown = detail(conn, message)
        assert (shown.message.acknowledgement, shown.message.why) == ("accepted", None)
        assert (shown.duties[0].state, shown.duties[0].done_by) == ("accepted", "inbound-997")
        assert shown.documents[0].acknowledgement == "accepted"

    database.write_now(work)


def test_a_rejection_calls_for_a_person_and_names_the_set(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent(conn)
        match(conn, "partly", of_set="rejected")
        shown = detail(conn, message)
        assert shown.message.acknowledgement == "partly"
        assert shown.message.why is not None
        assert shown.documents[0].acknowledgement == "rejected"

    database.write_now(work)


def test_nobody_acknowledges_another_partners_message_or_one_never_sent(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent(conn)
        assert match(conn, "accepted", partner="borealis-ortho") is None
        assert match(conn, "accepted", number=42) is None
        assert detail(conn, message).message.acknowledgement == "awaited"

    database.write_now(work)


def test_a_message_shows_the_worst_of_its_groups(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent(conn)
        expect(conn, message, number=42)
        match(conn, "accepted")
        assert detail(conn, message).message.acknowledgement == "awaited"
        match(conn, "rejected", number=42)
        assert detail(conn, message).message.acknowledgement == "rejected"

    database.write_now(work)


def test_what_does_not_come_in_time_is_overdue_once_and_can_still_come(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent(conn)
        assert mark_overdue(conn, now=DUE - timedelta(seconds=1)) == []
        [late] = mark_overdue(conn, now=DUE)
        assert (late.because.id, late.state) == (message, "overdue")
        assert mark_overdue(conn, now=DUE + timedelta(days=1)) == []
        shown = detail(conn, message)
        assert shown.message.acknowledgement == "overdue"
        assert shown.message.why is not None
        match(conn, "accepted")
        assert detail(conn, message).message.acknowledgement == "accepted"

    database.write_now(work)


ISA13 = 41  # the same as the group's number: the two are counted apart and often alike


def sent_enveloped(conn: Connection) -> str:
    message = sent(conn)
    envelopes.enter_sent(conn, [replace(envelope(message, ISA13), direction="out")])
    put_keys(conn, "acme-cardio", message, [Key(kind="interchange", value=str(ISA13))])
    return message


def acknowledge_envelope(
    conn: Connection,
    verdict: Acknowledgement,
    *,
    partner: str = "acme-cardio",
    on: date | None = None,
    by: str = "inbound-ta1",
) -> str | None:
    return acknowledgements.acknowledge_envelope(
        conn,
        partner,
        kind="TA1",
        envelope_kind="interchange",
        reference=str(ISA13),
        on=on,
        verdict=verdict,
        in_words=as_written(verdict),
        by=by,
        now=NOW,
    )


def test_a_ta1_that_refuses_the_envelope_refuses_all_that_was_in_it_once(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent_enveloped(conn)
        for _ in range(2):
            assert acknowledge_envelope(conn, "rejected", on=NOW.date()) == message
        shown = detail(conn, message)
        assert (shown.message.acknowledgement, shown.documents[0].acknowledgement) == ("rejected", "rejected")
        assert [(each.kind, each.state) for each in shown.duties] == [("997", "rejected"), ("TA1", "rejected")]
        assert [entry.event for entry in shown.timeline] == ["acknowledged"]
        assert mark_overdue(conn, now=DUE) == []

    database.write_now(work)


def test_a_ta1_that_takes_the_envelope_leaves_the_997_awaited(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent_enveloped(conn)
        assert acknowledge_envelope(conn, "accepted") == message
        shown = detail(conn, message)
        assert (shown.message.acknowledgement, shown.documents[0].acknowledgement) == ("awaited", "awaited")
        [late] = mark_overdue(conn, now=DUE)
        assert late.kind == "997"

    database.write_now(work)


def test_a_later_ta1_stands_against_an_earlier_one_that_is_replayed(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent_enveloped(conn)
        acknowledge_envelope(conn, "accepted", by="inbound-2")
        acknowledge_envelope(conn, "rejected", by="inbound-1")
        assert detail(conn, message).message.acknowledgement == "awaited"

    database.write_now(work)


def test_a_ta1_of_another_partner_or_another_day_means_nothing_of_ours(database: Database) -> None:
    def work(conn: Connection) -> None:
        message = sent_enveloped(conn)
        assert acknowledge_envelope(conn, "rejected", partner="borealis-ortho") is None
        assert acknowledge_envelope(conn, "rejected", on=NOW.date() + timedelta(days=2)) is None
        assert detail(conn, message).message.acknowledgement == "awaited"

    database.write_now(work)
