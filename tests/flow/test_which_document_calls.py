"""Of several documents the log says which one calls a person, the gravest first, and how many more do."""

from __future__ import annotations

import pytest

from tests.flow.at_work import AtWork, codes
from tests.flow.wire import CONTROL, group, interchange, order, transaction


def made(kinds: str) -> bytes:
    """Return a message of orders: ``g`` is sound, ``h`` is held for its purpose, ``r`` is rejected for its form."""
    bodies = {
        "g": lambda n: order(f"N-{n}"),
        "h": lambda n: order(f"N-{n}", purpose="04"),
        "r": lambda n: order(f"N-{n}").replace("*100*EA", "*+1*EA", 1),
    }
    sets = [transaction(bodies[kind](n), control=f"{n:04d}") for n, kind in enumerate(kinds, 1)]
    return interchange(group(*sets))


@pytest.mark.parametrize(
    ("kinds", "begins", "more"),
    [
        ("gh", "document 0002, about N-2: ", 0),
        ("hg", "document 0001, about N-1: ", 0),
        ("ghh", "document 0002, about N-2: ", 1),
        ("gghgh", "document 0003, about N-3: ", 1),
        ("hhh", "document 0001, about N-1: ", 2),
        ("ghhhhh", "document 0002, about N-2: ", 4),
        ("rg", "Rejected: 1 of 2 documents; first: document 0001, about N-1: ", 0),
        ("hr", "Rejected: 1 of 2 documents; first: document 0002, about N-2: ", 1),
        ("hrgr", "Rejected: 2 of 4 documents; first: document 0002, about N-2: ", 1),
        ("hhrhg", "Rejected: 1 of 5 documents; first: document 0003, about N-3: ", 3),
        ("rr", "Rejected: 2 of 2 documents; first: document 0001, about N-1: ", 0),
    ],
)
def test_a_message_of_several_says_which_calls_and_how_many_more(
    hub: AtWork, kinds: str, begins: str, more: int
) -> None:
    why = str(hub.send(made(kinds)).message.why)
    assert why.startswith(begins)
    assert why.endswith(f"; and {more} more need a person") == (more > 0)


@pytest.mark.parametrize("kind", ["h", "r"])
def test_a_message_of_one_needs_no_number(hub: AtWork, kind: str) -> None:
    why = str(hub.send(made(kind)).message.why)
    assert "set 0001" not in why


def test_nobody_is_called_where_all_is_well(hub: AtWork) -> None:
    assert hub.send(made("ggg")).message.why is None


def test_a_warning_that_the_sender_can_settle_calls_nobody(hub: AtWork) -> None:
    body = order("N-1").replace("CUR*BY*USD~", "CUR*BY*USD~REF*CO*A>B~")
    got = hub.send(interchange(group(transaction(body))))
    assert (got.message.validation, got.message.attention) == ("warnings", None)
    assert "GDE-COMPONENT-SEPARATOR" in codes(got)


@pytest.mark.parametrize(
    "dates",
    [
        "DTM*001*20261215~DTM*002*20261210~",
        "DTM*001*20261201~",
        "DTM*001*20261205~DTM*002*20261201~",
        "DTM*002*20261201~DTM*001*20261205~",
    ],
)
def test_what_holds_an_order_is_told_before_what_changes_it(hub: AtWork, dates: str) -> None:
    lines = "PO1*10*250*EA*1.875*PE*BP*AC-1002*EC*A~"
    body = order("N-1", lines=lines).replace("CUR*BY*USD~", f"CUR*BY*USD~{dates}")
    got = hub.send(interchange(group(transaction(body), number=CONTROL)))
    held = [f.message for f in got.documents[0].findings if f.code == "BUS-DATE-CANCELLED"]
    assert got.message.why in held, got.documents[0].findings
