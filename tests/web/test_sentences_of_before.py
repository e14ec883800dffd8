"""What an earlier release stored as English sentences is shown on: its own in both languages, others' as they are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import Connection, text

from hub.exchange import outbox, stopped
from hub.exchange.messages import message_detail
from hub.exchange.model import MessageDetail
from hub.exchange.recording import note
from hub.kernel.scope import EVERYONE
from hub.kernel.sentence import Wording, as_written
from hub.platform.database import Database
from hub.transport.blocked import IS_FULL
from hub.web.catalogues import load
from hub.web.languages import LANGUAGES
from hub.web.reading_out import WordingReader
from tests.exchange.story import NOW, answer, receive_order
from tests.web.small_hub import SmallHub

ENGLISH, CHINESE = (WordingReader(load(language).gettext) for language in LANGUAGES)
CALLED = f"what acme-cardio is owed waits until it can be put down again: {IS_FULL}"
FULL = "TRN-FOLDER-FULL：没有空间存放该文件"


def an_order(why: str, said: str) -> Callable[[Connection], str]:
    """Return what writes an order as the earlier release did: why a person was called, and what its timeline says."""

    def work(conn: Connection) -> str:
        message = receive_order(conn, "PO-1")
        note(conn, message, "noted", as_written("of now"), at=NOW, actor="person:ada")
        conn.execute(text("UPDATE timeline SET text = :said WHERE event = 'noted'"), {"said": said})
        conn.execute(text("UPDATE message SET attention = :why WHERE id = :id"), {"why": why, "id": message})
        return message

    return work


def a_stopped_lane(conn: Connection) -> str:
    """Stop a lane as the earlier release did; return the answer that stands for all that wait."""
    ours = answer(conn, "PO-1", receive_order(conn, "PO-1"), transport="folder")
    [due] = outbox.claim(conn, now=NOW)
    outbox.failed(conn, due, as_written("of now"), now=NOW)
    stopped.stop(conn, "acme-cardio", ours, as_written("of now"), now=NOW)
    for where in ("delivery SET error", "delivery_attempt SET detail", "stopped_lane SET reason", "timeline SET text"):
        conn.execute(text(f"UPDATE {where} = :why"), {"why": IS_FULL})
    conn.execute(text("UPDATE message SET attention = :why WHERE id = :id"), {"why": CALLED, "id": ours})
    return ours


def detail(database: Database, message: str) -> MessageDetail:
    found = database.read_now(lambda conn: message_detail(conn, EVERYONE, message))
    assert found is not None
    return found


def in_both(said: Wording | None) -> tuple[str, str]:
    assert said is not None
    return ENGLISH.says(said), CHINESE.says(said)


def test_a_sentence_that_is_whole_is_read_in_the_viewers_language(database: Database) -> None:
    waits = "This order waits for a person"
    shown = detail(database, database.write_now(an_order(waits, waits)))
    assert in_both(shown.message.attention) == (waits, "此订单待人工处理")
    assert in_both(shown.timeline[-1].text) == (waits, "此订单待人工处理")


@pytest.mark.parametrize(
    "said", ["Rejected: '12' is not a number", "Interchange accepted with errors by acme-cardio, note 018"]
)
def test_a_sentence_with_values_in_it_stays_as_it_was_written(database: Database, said: str) -> None:
    shown = detail(database, database.write_now(an_order(said, said)))
    assert in_both(shown.message.attention) == in_both(shown.timeline[-1].text) == (said, said)


@pytest.mark.parametrize(
    "theirs", ["Test", "{why}: %s {0}", '{"key": "call/more"}', '{"key":"', '{"key":"call/more","words":7}']
)
def test_whatever_a_person_or_a_partner_wrote_then_is_shown_as_they_wrote_it(database: Database, theirs: str) -> None:
    shown = detail(database, database.write_now(an_order(theirs, theirs)))
    assert in_both(shown.message.attention) == in_both(shown.timeline[-1].text) == (theirs, theirs)


def test_a_folder_that_was_blocked_then_is_told_in_the_viewers_language(database: Database) -> None:
    shown = detail(database, database.write_now(a_stopped_lane))
    assert shown.delivery is not None
    assert in_both(shown.delivery.error) == in_both(shown.delivery.tries[0].detail) == (IS_FULL, FULL)
    assert in_both(shown.timeline[-1].text) == (IS_FULL, FULL)
    assert str(shown.message.attention) == CALLED


def test_a_call_for_a_lane_that_was_stopped_then_ends_when_the_lane_goes_on(database: Database) -> None:
    ours = database.write_now(a_stopped_lane)

    def go_on(conn: Connection) -> None:
        lane = stopped.lane_of(conn, "acme-cardio")
        assert lane is not None
        assert in_both(lane.reason) == (IS_FULL, FULL)
        assert stopped.go_on(conn, lane, now=NOW + timedelta(hours=1))

    database.write_now(go_on)
    assert detail(database, ours).message.attention is None


@pytest.mark.anyio
@pytest.mark.parametrize(("language", "told"), [("en", IS_FULL), ("zh-CN", FULL)])
async def test_the_page_of_such_a_message_says_all_of_it(
    engineer: httpx.AsyncClient, hub: SmallHub, language: str, told: str
) -> None:
    ours = hub.database.write_now(a_stopped_lane)
    page = await engineer.get(f"/messages/{ours}", headers={"accept-language": language})
    assert page.status_code == 200
    assert unescape(page.text).count(told) >= 3, "in the timeline twice, and at the attempt"
    assert CALLED[1:] in unescape(page.text)
