"""What we owe and cannot give at once is kept with its time, is done when it is given, and rings when it is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.exchange.model import Duty, MessageDetail
from hub.flow.documents import Document
from hub.flow.owing import owed_for
from tests.flow.at_work import ACME, AtWork
from tests.flow.overlay import change, short_numbers
from tests.flow.wire import CONTROL, group, interchange, of_kind, one_order, order, transaction

HubWith = Callable[[Path], AtWork]
DAY = 24 * 60 * 60  # answers_due_minutes where their file says nothing


def duties(detail: MessageDetail) -> list[tuple[str, str, str]]:
    return [(each.kind, each.reference, each.state) for each in ours(detail)]


def ours(detail: MessageDetail) -> list[Duty]:
    return [each for each in detail.duties if each.debtor == "us"]


def test_an_order_that_is_answered_at_once_leaves_nothing_owed(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123"))
    assert ours(got) == []
    (answer,) = of_kind(hub.answers(got.message.id), "855")
    assert [(each.debtor, each.kind, each.reference) for each in hub.detail(answer.message).duties] == [
        ("partner", "997", f"PR {answer.group}")
    ]


def test_what_waits_for_a_person_is_owed_and_rings_when_its_time_has_come(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", purpose="01"))
    assert got.message.outcome == "held"
    assert duties(got) == [("OrderAcknowledgement", "4500098123", "awaited")]
    question = got.message.why

    hub.later(seconds=DAY - 1)
    hub.look_at_the_clock()
    assert hub.detail(got.message.id).message.why == question
    hub.later(seconds=1)
    for _ in range(2):
        hub.look_at_the_clock()
    late = hub.detail(got.message.id)
    assert duties(late) == [("OrderAcknowledgement", "4500098123", "overdue")]
    assert late.message.why == f"an answer was due by 2026-11-21 12:00 UTC: {question}"
    assert [entry.event for entry in late.timeline].count("answer-overdue") == 1


def test_what_a_person_has_dealt_with_is_done_and_does_not_ring(hub: AtWork) -> None:
    got = hub.send(one_order("4500098123", purpose="01"))
    hub.dealt_with(got.message.id)
    (duty,) = ours(hub.detail(got.message.id))
    assert (duty.state, duty.done_by, duty.done_at) == ("done", None, hub.clock.now())
    hub.later(seconds=DAY)
    hub.look_at_the_clock()
    assert hub.detail(got.message.id).message.why is None


def test_an_answer_that_could_not_be_written_is_owed_until_it_is(hub_with: HubWith, tmp_path: Path) -> None:
    short_numbers(tmp_path)
    hub = hub_with(tmp_path)
    got = hub.send(one_order("4500098123-LONG"))
    assert duties(got) == [("OrderAcknowledgement", "4500098123-LONG", "awaited")]
    until = ours(got)[0].due_at

    hub.later(seconds=3600)
    again = hub.replay(got.message.id)
    assert [(each.state, each.due_at) for each in ours(again)] == [("awaited", until)], "its clock goes on"
    (tmp_path / f"partners/{ACME}/guides/855.toml").unlink()
    hub.reopen()
    mended = hub.replay(got.message.id)
    assert [(each.state, each.done_by) for each in ours(mended)] == [("done", got.message.id)]
    assert [each.kind for each in hub.answers(got.message.id)] == ["997", "855"]


@pytest.mark.parametrize("mended", [True, False])
def test_a_message_that_our_configuration_holds_is_tried_once_more_when_its_answer_is_overdue(
    hub_with: HubWith, tmp_path: Path, mended: bool
) -> None:
    items = change(tmp_path, f"partners/{ACME}/items.toml", "minimum   = 50", "minimun   = 50")
    hub = hub_with(tmp_path)
    held = hub.send(one_order("4500098123"))
    assert (held.message.outcome, duties(held)) == ("held", [("answer", "", "awaited")])
    if mended:
        items.unlink()
        hub.reopen()
    hub.later(seconds=DAY)
    hub.look_at_the_clock()
    assert "an answer was due by 2026-11-21 12:00 UTC" in str(hub.detail(held.message.id).message.why)
    hub.work()
    now = hub.detail(held.message.id)
    assert now.message.outcome == ("accepted" if mended else "held")
    assert duties(now) == [("answer", "", "done" if mended else "overdue")]
    assert (now.message.why is None) == mended
    assert len(of_kind(hub.answers(held.message.id), "855")) == mended
    hub.look_at_the_clock()
    assert hub.jobs() == [], "once more, and then a person"


def test_a_document_that_nobody_understands_is_owed_an_answer_and_an_acknowledgement_is_not(hub: AtWork) -> None:
    unknown = transaction(order("4500098123").replace("*100*EA*12.35", "*100*FZ*12.35"))
    got = hub.send(interchange(group(unknown, number=CONTROL)))
    assert duties(got) == [("answer", "", "awaited")]
    broken = transaction("AK1*PR*4711~AK9*MAYBE*1*1*1~", kind="997")
    assert duties(hub.send(interchange(group(broken, number=900, functional="FA"), number=900))) == []


def test_of_many_documents_each_has_its_own_duty(hub: AtWork) -> None:
    sets = [transaction(order(f"45000981{n:02}", purpose="01" if n % 2 else "00"), control=f"{n:04}") for n in range(6)]
    got = hub.send(interchange(group(*sets)))
    assert [each.because.position for each in ours(got)] == [2, 4, 6]
    again = hub.replay(got.message.id)
    assert ours(again) == ours(got)


def test_a_partner_s_file_says_until_when_and_may_say_never(hub_with: HubWith, tmp_path: Path) -> None:
    file = f"partners/{ACME}/partner.toml"
    change(tmp_path, file, 'currency  = "USD"\n', 'currency  = "USD"\nanswers_due_minutes = 0\n')
    assert ours(hub_with(tmp_path).send(one_order("4500098123", purpose="01"))) == []


@pytest.mark.parametrize(
    ("partner", "kind", "map_name", "owed"),
    [
        (ACME, "850", "acme-cardio/850", True),
        ("summit-surgical", "Order", "summit-surgical/order", True),
        ("helix-diagnostics", "purchaseOrder", "helix-diagnostics/order", True),
        ("helix-diagnostics", "invoice", None, False),
        (ACME, "997", "x12/004010/997", False),
    ],
)
def test_what_was_read_by_a_map_and_is_not_understood_is_owed_an_answer_in_any_syntax(
    hub: AtWork, partner: str, kind: str, map_name: str | None, owed: bool
) -> None:
    document = Document(
        position=1, envelope=1, group=0, kind=kind, number="", release="", findings=[], map_name=map_name
    )
    assert bool(owed_for(document, hub.hub.rules, partner)) == owed
