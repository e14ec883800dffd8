"""From an acknowledgement to what it speaks of and back: a 997, a 999 and a TA1 alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.web.app import create_app
from tests.flow.at_work import AtWork
from tests.flow.wire import acknowledgement, interchange, one_order
from tests.stored import FrozenClock
from tests.web.conftest import client_of, session_of


@pytest.fixture
def hub(tmp_path: Path, clock: FrozenClock, sqlite_template: Path) -> Iterator[AtWork]:
    at_work = AtWork(tmp_path / "data", clock, sqlite_template)
    yield at_work
    at_work.close()


def ta1(segment: str, control: int = 900) -> bytes:
    """Return an interchange of TA1s alone."""
    return interchange(number=control).replace(b"IEA*", segment.encode() + b"IEA*")


def ours_of(hub: AtWork, order: bytes, kind: str = "855") -> tuple[str, int]:
    """Return our answer of this kind to an order, and the number of its interchange."""
    message = hub.send(order).message.id
    [sent] = [each for each in hub.answers(message) if each.kind == kind]
    return sent.message, sent.number


def page(hub: AtWork, message: str, document: int | None = None) -> str:
    token, _ = session_of(hub.hub, "onboarding-engineer")  # type: ignore[arg-type]

    async def get() -> str:
        async with client_of(create_app(hub.hub)) as client:
            client.cookies.set("hub_session", token)
            client.headers["accept"] = "text/html"
            got = await client.get(f"/messages/{message}" + (f"?document={document}" if document else ""))
            assert got.status_code == 200
            return got.text

    return hub.wait(get())


def about(text: str) -> list[str]:
    """Return the messages that a page says it is about."""
    return re.findall(r'It is about <a href="/messages/([^"]+)"', text)


def arrived(text: str) -> list[str]:
    """Return the acknowledgements that a page of ours leads to."""
    return re.findall(r'<a href="/messages/([^"]+)">arrived</a>', text)


SPEAKS = {
    "accepted": "TA1*{n:09}*261120*0600*A*000~",
    "accepted with errors": "TA1*{n:09}*261120*0600*E*021~",
    "rejected": "TA1*{n:09}*261120*0600*R*006~",
    "without zeros": "TA1*{n}*261120*0600*A*000~",
    "padded": "TA1* {n} *261120*0600*A*0~",
    "a day later": "TA1*{n:09}*261121*0600*A*000~",
    "a day earlier": "TA1*{n:09}*261119*2359*A*000~",
    "without a day": "TA1*{n:09}***A*000~",
    "of a day nobody can read": "TA1*{n:09}*9999*0600*A*000~",
    "without a note": "TA1*{n:09}*261120*0600*A~",
    "said twice": "TA1*{n:09}*261120*0600*A*000~TA1*{n:09}*261120*0600*A*000~",
}


@pytest.mark.parametrize("kind", ["855", "997"])
@pytest.mark.parametrize("case", SPEAKS)
def test_a_ta1_leads_to_our_interchange_and_our_message_to_the_ta1(hub: AtWork, case: str, kind: str) -> None:
    ours, number = ours_of(hub, one_order("4500000001", 1), kind)
    told = hub.send(ta1(SPEAKS[case].format(n=number))).message.id
    assert about(page(hub, told)) == [ours]
    shown = page(hub, ours)
    assert told in arrived(shown)
    assert "TA1 awaited" not in shown, "nobody waits for one"


ABOUT_NOTHING = {
    "a number we never sent": "TA1*000009999*261120*0600*A*000~",
    "the same number a year before": "TA1*{n:09}*251120*0600*A*000~",
    "no number": "TA1**261120*0600*A*000~",
    "no number at all": "TA1*abc*261120*0600*A*000~",
    "no verdict": "TA1*{n:09}*261120*0600**000~",
    "a verdict nobody knows": "TA1*{n:09}*261120*0600*Q*000~",
}


@pytest.mark.parametrize("case", ABOUT_NOTHING)
def test_a_ta1_that_speaks_of_nothing_we_sent_leads_nowhere(hub: AtWork, case: str) -> None:
    ours, number = ours_of(hub, one_order("4500000001", 1))
    told = hub.send(ta1(ABOUT_NOTHING[case].format(n=number))).message.id
    assert about(page(hub, told)) == []
    assert arrived(page(hub, ours)) == []


def test_of_several_ta1s_in_one_file_each_leads_to_its_own(hub: AtWork) -> None:
    first, one = ours_of(hub, one_order("4500000001", 1))
    second, two = ours_of(hub, one_order("4500000002", 2))
    told = hub.send(ta1(f"TA1*{two:09}*261120*0600*A*000~TA1*{one:09}*261120*0600*R*006~")).message.id
    assert [about(page(hub, told, position)) for position in (1, 2)] == [[second], [first]]
    assert arrived(page(hub, first)) == [told, told]  # of the envelope, and of the group that was refused with it
    assert arrived(page(hub, second)) == [told]


def test_a_997_leads_to_our_answer_and_back(hub: AtWork) -> None:
    order = hub.send(one_order("4500000001", 1)).message.id
    [ours] = [each for each in hub.answers(order) if each.kind == "855"]
    assert ours.group is not None
    told = hub.send(acknowledgement(ours.group)).message.id
    assert about(page(hub, told)) == [ours.message]
    assert arrived(page(hub, ours.message)) == [told]


def test_an_order_is_about_nothing_of_ours(hub: AtWork) -> None:
    order = hub.send(one_order("4500000001", 1)).message.id
    assert about(page(hub, order)) == []
