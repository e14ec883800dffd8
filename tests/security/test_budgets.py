"""A partner has a budget of what is stored: beyond it, it is told to come later, and nothing of it is dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from hub.exchange import budgets
from hub.exchange.budgets import HOURS, Budgets
from hub.exchange.partners import load_partners
from hub.exchange.weights import Amount
from hub.kernel.errors import Misconfigured, Unavailable
from hub.platform.configuration import Configuration
from hub.platform.database import Database
from hub.platform.settings import load
from tests.conftest import NOW
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import NORTH, add_north, change, from_north
from tests.flow.wire import group, interchange, one_order, order, transaction

HubWith = Callable[[Path], AtWork]
LIMIT = Amount(bytes=1_000, rows=100)
HOUR = timedelta(hours=1)


@pytest.fixture
def two(hub_with: HubWith, tmp_path: Path) -> AtWork:
    """A hub of Acme, which may store 60 kB a day, and North Valve, which may store as much as anybody."""
    add_north(tmp_path / "overlay")
    change(
        tmp_path / "overlay",
        "partners/acme-cardio/partner.toml",
        "[x12]",
        "[budget]\nbytes_per_day = 60_000\n\n[x12]",
    )
    return hub_with(tmp_path / "overlay")


def sends_until_refused(hub: AtWork, most: int = 200) -> int:
    """Return after how many orders the partner is told to come later."""
    number = 0
    while hub.hub.over_budget(ACME) is None:
        number += 1
        assert number < most
        hub.send(one_order(f"45{number:08d}", number))
        hub.wait(hub.hub.look_at_budgets())
    with pytest.raises(Unavailable) as told:
        hub.take_in(one_order("4500099999", 99_999))
    assert 1 <= told.value.retry_after_seconds <= HOURS * 3_600
    return number


def test_what_exceeds_the_budget_is_told_to_come_later_and_others_go_on(two: AtWork) -> None:
    taken = sends_until_refused(two)
    assert 3 <= taken <= 20
    assert len(two.orders()) == taken, "what was taken is done"
    assert two.send(from_north(group(transaction(order("9900000001"))), number=1), NORTH).message.outcome == "accepted"


@pytest.mark.parametrize("also", [b"", b"\r\n"], ids=["the same bytes", "the same interchange"])
def test_who_asks_for_its_answers_without_end_is_told_to_come_later(two: AtWork, also: bytes) -> None:
    body = one_order("4500000001", 1)
    two.send(body)
    for times in range(200):
        two.fetch_all()
        two.wait(two.hub.look_at_budgets())
        if two.hub.over_budget(ACME) is not None:
            break
        two.send(body + also * times)
    assert two.hub.over_budget(ACME) is not None
    assert 5 < times < 100, "many times, and not for ever"
    assert len(two.orders()) == 1


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 13, 21, 34, 50, 60])
def test_what_an_order_comes_to_counts_as_soon_as_it_is_done_and_not_at_the_next_look(two: AtWork, count: int) -> None:
    sets = [transaction(order(f"45{number:08d}"), control=f"{number + 1:04}") for number in range(count)]
    two.send(interchange(group(*sets), number=1))
    known = two.hub.budgets._spent[ACME]
    two.wait(two.hub.look_at_budgets())
    assert known == two.hub.budgets._spent[ACME], "what the database says was known before it was read"
    assert (two.hub.over_budget(ACME) is None) == (sum(each.bytes for each in known.values()) < 60_000)


def test_who_is_over_its_budget_by_what_was_done_is_refused_before_the_next_look(two: AtWork) -> None:
    number = 0
    while two.hub.over_budget(ACME) is None:
        number += 1
        two.send(one_order(f"45{number:08d}", number))
        assert number < 200
    assert number <= 20
    before = two.hub.budgets._spent[ACME]
    two.wait(two.hub.look_at_budgets())
    assert two.hub.budgets._spent[ACME] == before


@given(st.lists(st.one_of(st.integers(1, 900), st.sampled_from(["begin", "read"])), max_size=40))
def test_nothing_that_is_counted_while_the_database_is_read_is_forgotten(steps: list[int | str]) -> None:
    ledger, hour = Budgets(lambda partner: LIMIT), budgets.hour_of(NOW)
    written = 0
    snapshot: int | None = None  # the oldest that the database may answer with
    for step in steps:
        if step == "begin":
            ledger.begin_reading()
            snapshot = written
        elif step == "read" and snapshot is not None:
            ledger.read({ACME: {hour: Amount(bytes=snapshot)}})
            snapshot = None
        elif isinstance(step, int):  # committed, then told
            written += step
            ledger.count(ACME, Amount(bytes=step), NOW)
        assert ledger._spent.get(ACME, {}).get(hour, Amount()).bytes >= written


def test_our_people_see_it_as_long_as_it_lasts_whatever_else_the_partner_sends(two: AtWork) -> None:
    def told() -> str | None:
        [check] = [check for check in two.wait(two.hub.checks()) if check.name == "budgets"]
        assert check.ok, "others are served"
        return check.detail

    assert told() is None
    waiting = two.take_in(one_order("4500012345", 12_345))  # processed later, it wipes nothing out
    sends_until_refused(two)
    two.replay(waiting)
    for _ in range(3):
        two.wait(two.hub.look_at_budgets())
        assert told() == f"nothing more is taken meanwhile from {ACME}"
    two.later(hours=HOURS)
    two.wait(two.hub.look_at_budgets())
    assert told() is None


def test_a_day_later_the_partner_is_served_again(two: AtWork) -> None:
    taken = sends_until_refused(two)
    two.later(hours=HOURS)
    two.wait(two.hub.look_at_budgets())
    assert two.hub.over_budget(ACME) is None
    assert two.send(one_order("4600000001", 900)).message.outcome == "accepted"
    assert len(two.orders()) == taken + 1


def test_a_hub_that_starts_again_remembers(two: AtWork) -> None:
    sends_until_refused(two)
    two.reopen()
    two.wait(two.hub.look_at_budgets())
    assert two.hub.over_budget(ACME) is not None
    assert two.hub.over_budget(NORTH) is None


def test_files_of_who_is_over_its_budget_are_left_lying_and_taken_later(hub_with: HubWith, tmp_path: Path) -> None:
    add_north(tmp_path / "overlay")
    partner = tmp_path / "overlay" / f"partners/{NORTH}/partner.toml"
    partner.write_text(partner.read_text() + "\n[budget]\nrows_per_day = 60\n")
    hub = hub_with(tmp_path / "overlay")
    number = 0
    while hub.hub.over_budget(NORTH) is None:
        number += 1
        assert number < 20
        hub.send(from_north(group(transaction(order(f"99{number:08d}"))), number=number), NORTH)
        hub.wait(hub.hub.look_at_budgets())
    assert NORTH not in hub.hub._folders_taken()
    path = hub.drop("late.edi", from_north(group(transaction(order("9900009999"))), number=999), NORTH)
    assert path.exists()
    hub.later(hours=HOURS)
    hub.wait(hub.hub.look_at_budgets())
    assert NORTH in hub.hub._folders_taken()
    assert hub.sweep() == 1
    assert "9900009999" in {row.number for row in hub.orders()}


AMOUNTS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 700), st.integers(0, 60)), max_size=30
)  # hour, bytes, rows


@given(AMOUNTS)
def test_who_waits_as_long_as_it_was_told_is_served_and_no_sooner(amounts: list[tuple[int, int, int]]) -> None:
    ledger = Budgets(lambda partner: LIMIT)
    for hour, size, rows in amounts:
        ledger.count(ACME, Amount(bytes=size, rows=rows), NOW - hour * HOUR)
    within = [(size, rows) for hour, size, rows in amounts if hour < HOURS]
    over = sum(size for size, _ in within) >= LIMIT.bytes or sum(rows for _, rows in within) >= LIMIT.rows
    wait = ledger.wait(ACME, NOW)
    assert (wait is not None) == over
    if wait is not None:
        assert timedelta() < wait <= HOURS * HOUR
        assert ledger.wait(ACME, NOW + wait) is None
        assert ledger.wait(ACME, NOW + wait - HOUR) is not None or wait <= HOUR
    assert ledger.wait("another", NOW) is None


def test_what_several_transactions_count_adds_up_on_both_engines(database: Database) -> None:
    def count(conn: Connection) -> None:
        budgets.spend(conn, {ACME: Amount(bytes=5, rows=1), NORTH: Amount(bytes=7, rows=2)}, NOW)

    for _ in range(3):
        database.write_now(count)
    database.write_now(lambda conn: budgets.spend(conn, {ACME: Amount(bytes=2**40, rows=1)}, NOW - 2 * HOUR))
    database.write_now(lambda conn: budgets.spend(conn, {ACME: Amount(bytes=9, rows=9)}, NOW - HOURS * HOUR))
    found = database.read_now(lambda conn: budgets.spent(conn, NOW))
    this = budgets.hour_of(NOW)
    assert found == {
        ACME: {this: Amount(bytes=15, rows=3), this - 2: Amount(bytes=2**40, rows=1)},
        NORTH: {this: Amount(bytes=21, rows=6)},
    }
    database.write_now(lambda conn: budgets.sweep(conn, NOW + 8 * 24 * HOUR))
    assert database.read_now(lambda conn: budgets.spent(conn, NOW)) == {}


@pytest.mark.parametrize(
    "body",
    [
        one_order("4500000001", 1),
        interchange(group(*(transaction(order(f"45{n:08d}"), control=f"{n:04d}") for n in range(1, 60)))),
        interchange(group("ST*850*1~" * 3_000)),
        b"".join(interchange(number=n) for n in range(1, 200)),
        b"".join(one_order(f"45{n:08d}", n) for n in range(1, 30)),
        b"no X12 at all" * 1_000,
    ],
    ids=["an order", "a batch", "junk", "envelopes", "interchanges", "something else"],
)
def test_what_a_message_leaves_stored_is_counted(hub: AtWork, body: bytes) -> None:
    """The count is at least a third of what the database grew by, and no more than ten times as much."""
    before = _pages(hub)
    hub.send(body)
    grown = _pages(hub) - before
    found = hub.hub.database.read_now(lambda conn: budgets.spent(conn, hub.clock.now()))
    [counted] = found[ACME].values()
    assert counted.bytes >= len(body)
    assert grown / 3 - 128 * 1024 <= counted.bytes <= 10 * grown + 128 * 1024
    assert counted.rows >= 4


def _pages(hub: AtWork) -> int:
    return hub.hub.database.read_now(
        lambda conn: (
            (conn.exec_driver_sql("PRAGMA page_count").scalar() or 0)
            * (conn.exec_driver_sql("PRAGMA page_size").scalar() or 0)
        )
    )


@pytest.mark.parametrize("value", ["0", "-1", "2_000_000_000_000_000_000", '"much"', "1.5"])
@pytest.mark.parametrize("key", ["bytes_per_day", "rows_per_day"])
def test_a_budget_in_a_partners_file_has_bounds(tmp_path: Path, key: str, value: str) -> None:
    add_north(tmp_path)
    path = tmp_path / f"partners/{NORTH}/partner.toml"
    path.write_text(path.read_text() + f"\n[budget]\n{key} = {value}\n")
    found = load_partners(Configuration([tmp_path]))
    assert list(found.faults) == [NORTH]


@pytest.mark.parametrize("name", ["HUB_PARTNER_BYTES_PER_DAY", "HUB_PARTNER_ROWS_PER_DAY"])
@pytest.mark.parametrize("value", ["0", "-5", "much"])
def test_a_budget_for_all_is_above_nothing(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        load({name: value})
