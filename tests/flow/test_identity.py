"""A body that bears no number is known again by what its map says; the same is answered once more, another is held."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.at_work import AtWork
from tests.flow.dialects import HELIX, SUMMIT, add_helix, add_summit, json_order, xml_order

LATER = timedelta(hours=1)  # beyond the time in which the same bytes are the same message


class Customer:
    """One of the two customers, and its ways to write the order of a number."""

    def __init__(self, name: str, hub: AtWork) -> None:
        self.name, self.hub = name, hub

    def order(self, number: str = "N-1") -> bytes:
        return xml_order(number) if self.name == SUMMIT else json_order(number)

    def other(self, number: str = "N-1") -> bytes:
        """The same number and moment around other content."""
        return xml_order(number, quantity="251") if self.name == SUMMIT else json_order(number, remarks=["hurry"])

    def faulty(self, number: str = "N-1") -> bytes:
        if self.name == SUMMIT:
            return xml_order(number, quantity="many")
        return json_order(number).replace(b'"amount": 500', b'"amount": "many"')

    def dressed(self) -> list[bytes]:
        """The same order, spelt otherwise."""
        body = self.order()
        if self.name == SUMMIT:
            return [
                body.replace(b"\n", b"\r\n"),
                body.replace(b"  ", b"\t"),
                body.replace(b'<Quantity unit="EA">', b"<Quantity unit='EA'>"),
                body.replace(b"</Header>", b"<!-- again --></Header>"),
                body.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"),
                re.sub(rb"<(/?)(?=[A-Z])", rb"<\1q:", body).replace(b"xmlns=", b"xmlns:q="),
            ]
        first, rest = body.index(b'"messageType"'), body.index(b'"orderId"')
        moved = body[first:rest]
        return [
            body.replace(b": ", b":"),
            b"  " + body + b"\n",
            body[:first] + body[rest:-1].rstrip().rstrip(b"}").rstrip() + b", " + moved.rstrip().rstrip(b",") + b"}",
            body.replace(b"agreement", b"\\u0061greement"),
            b"\xef\xbb\xbf" + body,
            body.replace(b",", b" ,"),
        ]

    def spelt(self) -> list[bytes]:
        """The same order, its values spelt otherwise: numbers, moments, and what says nothing."""
        body = self.order()
        if self.name == SUMMIT:
            return [
                body.replace(b">41.20<", b">41.2<"),
                body.replace(b">250<", b"> 250.0 <"),
                body.replace(b"2026-11-19T09:12:00+01:00", b"2026-11-19T08:12:00Z"),
                body.replace(b"2026-11-19T09:12:00+01:00", b"2026-11-19T08:12:00.000+00:00"),
                body.replace(b"<LineCount>1<", b"<LineCount>01<"),
            ]
        return [
            body.replace(b": 41.2", b": 41.200"),
            body.replace(b": 500", b": 5e2"),
            body.replace(b"08:15:30Z", b"08:15:30+00:00"),
            body.replace(b"08:15:30Z", b"09:15:30.0+01:00"),
            body.replace(b'"agreement"', b'"remarks": [], "currency": null, "agreement"'),
        ]

    def meant(self) -> list[bytes]:
        """Other orders under the same number and moment, by as little as can be."""
        body = self.order()
        if self.name == SUMMIT:
            return [
                body.replace(b">41.20<", b">41.21<"),
                body.replace(b">250<", b">2500<"),
                body.replace(b"2027-01-18", b"2027-01-19"),
                body.replace(b"<Revision>A<", b"<Revision>a<"),
                body.replace(b'number="10"', b'number="010"'),
            ]
        return [
            body.replace(b": 41.2", b": 41.02"),
            body.replace(b": 500", b": 5e3"),
            body.replace(b"2027-01-18", b"2027-01-19"),
            body.replace(b'"each"', b'"box"'),
            body.replace(b'"agreement"', b'"remarks": ["41.2"], "agreement"'),
        ]

    def send(self, body: bytes) -> tuple[str, str]:
        """Send later than all before; return the outcome and the message's id."""
        self.hub.clock.advance(LATER)
        got = self.hub.send(body, self.name)
        return got.message.outcome, got.message.id


@pytest.fixture(params=[SUMMIT, HELIX])
def customer(request: pytest.FixtureRequest, hub_with: Callable[[Path], AtWork], tmp_path: Path) -> Customer:
    overlay = tmp_path / "overlay"
    add_summit(overlay, acknowledged=True)
    add_helix(overlay, acknowledged=True)
    return Customer(request.param, hub_with(overlay))


def orders(customer: Customer) -> int:
    return len(customer.hub.orders())


def test_the_same_later_is_a_duplicate_that_names_the_first_and_gets_its_answer_once_more(customer: Customer) -> None:
    outcome, first = customer.send(customer.order())
    assert outcome == "accepted"
    fetched = customer.hub.fetch_all(customer.name)
    again, second = customer.send(customer.order())
    assert (again, orders(customer)) == ("duplicate", 1)
    assert second != first
    assert [(row.judgement, row.first_message) for row in customer.hub.detail(second).envelopes] == [
        ("duplicate", first)
    ]
    assert customer.hub.waiting(customer.name) == fetched
    assert customer.hub.answers(second) == []


@pytest.mark.parametrize("which", range(6))
def test_it_is_the_same_however_it_is_spelt(customer: Customer, which: int) -> None:
    customer.send(customer.order())
    dressed = customer.dressed()[which]
    assert dressed != customer.order()
    assert customer.send(dressed)[0] == "duplicate"
    assert orders(customer) == 1


@pytest.mark.parametrize("which", range(5))
def test_it_is_the_same_however_its_values_are_spelt(customer: Customer, which: int) -> None:
    customer.send(customer.order())
    spelt = customer.spelt()[which]
    assert spelt != customer.order()
    assert customer.send(spelt)[0] == "duplicate"
    assert orders(customer) == 1


@pytest.mark.parametrize("which", range(5))
def test_it_is_another_where_one_value_is_another(customer: Customer, which: int) -> None:
    customer.send(customer.order())
    meant = customer.meant()[which]
    assert meant != customer.order()
    assert customer.send(meant)[0] == "quarantined"
    assert orders(customer) == 1


def test_other_content_under_the_same_is_quarantined_and_names_the_first(customer: Customer) -> None:
    _, first = customer.send(customer.order())
    outcome, other = customer.send(customer.other())
    assert outcome == "quarantined"
    found = customer.hub.detail(other).message
    assert found.why is not None
    assert first in found.why
    assert orders(customer) == 1
    [told] = customer.hub.answers(other)
    assert b"rejected" in told.body.lower(), "its sender is not told that it was accepted"
    assert first.encode() in told.body


def test_what_was_rejected_leaves_its_identity_free(customer: Customer) -> None:
    outcome, _ = customer.send(customer.faulty())
    assert outcome == "refused"
    assert customer.send(customer.order())[0] == "accepted"
    assert customer.send(customer.faulty())[0] == "refused", "a fault is told of as a fault"
    assert orders(customer) == 1


def test_another_number_is_another_message(customer: Customer) -> None:
    assert [customer.send(customer.order(number))[0] for number in ("N-1", "N-2", "N-3")] == ["accepted"] * 3


def test_a_replay_is_no_duplicate_of_itself(customer: Customer) -> None:
    _, first = customer.send(customer.order())
    assert customer.hub.replay(first).message.outcome in ("accepted", "duplicate")
    assert orders(customer) == 1
    assert [row.judgement for row in customer.hub.detail(first).envelopes] == ["first"]


def test_two_customers_may_use_the_same_numbers(customer: Customer) -> None:
    other = Customer(HELIX if customer.name == SUMMIT else SUMMIT, customer.hub)
    assert customer.send(customer.order())[0] == "accepted"
    assert other.send(other.order())[0] == "accepted"
