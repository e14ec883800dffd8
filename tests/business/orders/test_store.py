"""Orders on disk, on both engines: what was decided is what is found, and nobody sees another's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection

from hub.business.orders import filing, store
from hub.business.orders.catalogue import Catalogue
from hub.business.orders.decide import Given
from hub.business.orders.model import Decision, DocumentRole, Effect, Source
from hub.canonical.order import PurchaseOrder
from hub.canonical.shared import Item, Requirement
from hub.kernel.errors import Conflict
from hub.kernel.identity import new_id
from hub.kernel.scope import EVERYONE, only
from hub.platform.database import Database
from tests.business.orders.shop import CATALOGUE, FIRST, SECOND, TODAY, costs, decided, line, many, order, schedule
from tests.stored import order_of

NOW = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
OTHER = Catalogue("other", CATALOGUE.items, CATALOGUE.prices)
T = TypeVar("T")
Writes = Callable[[Callable[[Connection], T]], T]


def take(
    database: Database,
    asked: PurchaseOrder,
    *,
    source: Source = FIRST,
    catalogue: Catalogue = CATALOGUE,
    test: bool = False,
    now: datetime = NOW,
) -> Decision:
    def work(conn: Connection) -> Decision:
        given = Given(catalogue=catalogue, today=TODAY, source=source, order_id=new_id(), test=test)
        return filing.take_order(conn, asked, given, now)

    return database.write_now(work)


def answer(database: Database, decision: Decision) -> None:
    order_id = decision.order_id
    assert order_id is not None
    database.write_now(lambda conn: filing.answered(conn, [(order_id, Source(message="answer-1"))], NOW))


def rich() -> PurchaseOrder:
    """Return an order with something of everything that is kept."""
    parts = [schedule(2000, date(2026, 12, 15)), schedule(3000, None)]
    coc = Requirement(kind="certificate", text="CoC with every shipment")
    return order(
        line("10", quantity=many(5000), schedules=parts, requirements=[coc]),
        line("20", item=Item(buyer="B-9", revision="D")),
        line("30", price=costs("12.35", basis="per-wish")),
        line("40", quantity=many("NaN")),
        line("50", quantity=None, price=None),
        release="0001",
        requirements=[coc],
    )


def test_what_was_decided_is_what_stands(database: Database) -> None:
    decision = take(database, rich())
    known = database.read_now(lambda conn: store.known_order(conn, "customer", "4500098123", "0001"))
    assert str(known) == str(decision.state)  # as text: NaN is not itself


def test_another_release_and_a_test_are_other_orders(database: Database) -> None:
    outcomes = [
        take(database, order()).outcome,
        take(database, order(release="2"), source=SECOND).outcome,
        take(database, order(), source=replace(FIRST, message="message-3"), test=True).outcome,
    ]
    assert outcomes == ["accepted"] * 3
    found = database.read_now(lambda conn: store.find_orders(conn, EVERYONE, "customer", "4500098123"))
    assert [(one.release, one.test) for one in found] == [("", True), ("2", False), ("", False)]


def test_a_second_document_under_a_taken_number_leaves_the_first_alone_and_is_seen(database: Database) -> None:
    first = take(database, order())
    second = take(database, order(line(quantity=many(600))), source=SECOND, now=LATER)
    assert second.outcome == "duplicate"
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    assert first.state is not None
    assert [one.line for one in page.lines] == first.state.lines
    assert [(one.role, one.source) for one in page.documents] == [
        (DocumentRole.ORDER, FIRST),
        (DocumentRole.DUPLICATE, SECOND),
    ]
    assert [one.kind for one in page.history] == ["order-received", "order-accepted", "duplicate-held"]
    assert [one.at for one in page.history] == [NOW, NOW, LATER]


def test_a_copy_gets_the_document_that_answered_first(database: Database) -> None:
    decision = take(database, order())
    assert decision.order_id is not None
    answers = [Source(message="answer-1", position=1, reference="7"), Source(message="answer-2")]

    def note(conn: Connection) -> Source | None:
        assert decision.order_id is not None
        filing.answered(conn, [(decision.order_id, answers[0])], NOW)
        filing.answered(conn, [(decision.order_id, answers[1])], LATER)
        return filing.first_answer(conn, decision.order_id)

    assert database.write_now(note) == answers[0]
    assert take(database, order(purpose="duplicate"), source=SECOND).effects == [Effect.REPEAT_ANSWER]


def test_a_copy_or_a_duplicate_processed_again_has_no_second_effect(database: Database) -> None:
    answer(database, take(database, order()))
    third = Source(message="message-3")
    for effects in ([Effect.REPEAT_ANSWER], []):
        assert take(database, order(purpose="duplicate"), source=SECOND).effects == effects
    for _run in range(2):
        assert take(database, order(), source=third).outcome == "duplicate"
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    assert [one.kind for one in page.history][2:] == ["answer-repeated", "duplicate-held"]


def test_the_same_document_twice_makes_one_order_and_one_history(database: Database) -> None:
    first = take(database, order(requested=None))
    answer(database, first)
    again = take(database, order(), now=LATER)
    assert (again.outcome, again.effects) == ("accepted", [Effect.SAY_IT_STANDS])
    assert again.all_reasons == first.all_reasons
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    assert (page.summary.version, len(page.documents), len(page.history)) == (1, 2, 2)


def test_a_refused_order_decided_again_is_answered_until_an_answer_is_on_record(database: Database) -> None:
    asked = order(line(item=Item(buyer="B-9")))
    first = take(database, asked)
    assert take(database, asked, now=LATER).effects == [Effect.SEND_ANSWER]
    answer(database, first)
    assert take(database, asked, now=LATER).effects == []
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    assert (page.summary.version, [one.role for one in page.documents]) == (
        1,
        [DocumentRole.ORDER, DocumentRole.ANSWER],
    )
    assert len(page.history) == 2


def test_a_copy_of_an_unanswered_order_is_on_record_as_a_copy(database: Database) -> None:
    first = take(database, order())
    copy = take(database, order(purpose="duplicate"), source=SECOND)
    assert (copy.effects, copy.order_id) == ([Effect.SEND_ANSWER], first.order_id)
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    assert [one.role for one in page.documents] == [DocumentRole.ORDER, DocumentRole.COPY]


def test_a_refused_document_decided_anew_replaces_what_was_refused(database: Database) -> None:
    take(database, order(), catalogue=Catalogue("customer", [], []))
    again = take(database, order(), now=LATER)
    assert again.outcome == "accepted"
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    assert (page.summary.version, page.summary.status) == (2, "accepted")
    assert (page.summary.received_at, page.summary.changed_at) == (NOW, LATER)
    assert len(page.lines) == 1
    assert page.lines[0].line.acknowledged == many(500)


def test_what_comes_after_a_refusal_is_the_order_and_the_refused_one_stands_behind_it(database: Database) -> None:
    refused = take(database, order(line(item=Item(buyer="B-9"))))
    answer(database, refused)
    second = take(database, order(), source=SECOND, now=LATER)
    assert (second.outcome, second.order_id) == ("accepted", refused.order_id)
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    assert [(one.role, one.source, one.at) for one in page.documents if one.role is not DocumentRole.ANSWER] == [
        (DocumentRole.ORDER, SECOND, LATER),
        (DocumentRole.REFUSED, FIRST, NOW),
    ]
    assert (page.summary.received_at, page.summary.version) == (LATER, 2)
    assert [one.line.acknowledged for one in page.lines] == [many(500)]
    order_id = refused.order_id
    assert order_id is not None
    assert database.read_now(lambda conn: filing.first_answer(conn, order_id)) is None
    again = take(database, order(line(item=Item(buyer="B-9"))), now=LATER)
    assert (again.outcome, again.effects, again.state) == ("refused", [], None)


def test_a_number_taken_between_load_and_save_is_a_conflict(database: Database) -> None:
    take(database, order())
    late = decided(order(), source=SECOND)
    with pytest.raises(Conflict):
        database.write_now(lambda conn: filing.save(conn, late, SECOND, LATER))


def test_a_version_written_over_meanwhile_is_a_conflict(database: Database) -> None:
    state = take(database, order()).state
    assert state is not None
    second = replace(state, version=2)
    database.write_now(lambda conn: store.replace_order(conn, second, LATER))
    with pytest.raises(Conflict):
        database.write_now(lambda conn: store.replace_order(conn, second, LATER))


def test_the_order_page_shows_only_what_is_known_by_line(database: Database) -> None:
    take(database, rich())
    page = database.read_now(lambda conn: order_of(conn, "customer", "4500098123"))
    assert page is not None
    lines = [part.line for part in page.lines]
    assert (lines[0].ordered, lines[0].acknowledged) == (many(5000), many(5000))
    assert [line.acknowledged for line in lines[1:3]] == [many(0), None]
    assert lines[0].promises[0].deliver == date(2026, 12, 15)


def test_nobody_sees_another_customers_orders(database: Database) -> None:
    take(database, order())
    take(database, order(number="77"), catalogue=OTHER, source=SECOND)
    mine = database.read_now(lambda conn: store.list_orders(conn, only("customer")))
    assert [one.partner for one in mine.items] == ["customer"]
    assert len(database.read_now(lambda conn: store.list_orders(conn, EVERYONE)).items) == 2
    assert database.read_now(lambda conn: order_of(conn, "other", "77", scope=only("customer"))) is None
    asked = store.OrderFilter(partner="other")
    assert database.read_now(lambda conn: store.list_orders(conn, only("customer"), asked)).items == []


def test_a_list_is_read_page_by_page_newest_first(database: Database) -> None:
    numbers = [f"45{number}" for number in range(7)]
    for number in numbers:
        take(database, order(number=number), source=Source(message=f"message-{number}"))
    found: list[str] = []
    after: str | None = None
    for _page in range(4):
        page = database.read_now(lambda conn, after=after: store.list_orders(conn, EVERYONE, after=after, limit=2))
        found += [one.number for one in page.items]
        after = page.next
    assert after is None
    assert found == numbers[::-1]


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (store.OrderFilter(number="45"), ["452", "451"]),
        (store.OrderFilter(number="4%"), []),
        (store.OrderFilter(status="refused"), ["452"]),
        (store.OrderFilter(test=True), ["99"]),
        (store.OrderFilter(item="M-1", test=False), ["451"]),
        (store.OrderFilter(placed_from=date(2026, 11, 2), placed_to=date(2026, 11, 2)), ["99", "452", "451"]),
        (store.OrderFilter(placed_from=date(2026, 11, 3)), []),
    ],
)
def test_a_list_shows_what_is_asked_for(database: Database, wanted: store.OrderFilter, numbers: list[str]) -> None:
    take(database, order(number="451"))
    take(database, order(line(item=Item(buyer="B-9")), number="452"), source=SECOND)
    take(database, order(number="99"), source=Source(message="message-3"), test=True)
    page = database.read_now(lambda conn: store.list_orders(conn, EVERYONE, wanted))
    assert [one.number for one in page.items] == numbers


def test_a_number_with_several_releases_needs_a_word_which(database: Database) -> None:
    take(database, order(release="1"))
    take(database, order(release="2"), source=SECOND)
    asked = ("customer", "4500098123")
    assert database.read_now(lambda conn: order_of(conn, *asked)) is None
    assert database.read_now(lambda conn: order_of(conn, *asked, "2")) is not None
    assert len(database.read_now(lambda conn: store.find_orders(conn, EVERYONE, *asked))) == 2
