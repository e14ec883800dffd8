"""What is written for the factory and what a partner may read are two types: a partner is told what is decided for
partners, and nothing that people of ours wrote, nothing of our files, nothing of an exception.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from sqlalchemy import Connection, insert, update

from hub.business.orders.model import EventKind
from hub.business.orders.tables import order_event, order_line, purchase_order
from hub.exchange.model import Event
from hub.exchange.outbox import ATTEMPT_WAITS
from hub.exchange.recording import call_attention, hold, note
from hub.exchange.tables import delivery, delivery_attempt, document, earlier_delivery, message
from hub.flow.outward import STAGES_OF_PARTNERS
from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.errors import Defect
from hub.kernel.location import Location
from hub.kernel.sentence import as_written
from hub.platform.database import Database
from hub.web.api import partner_types
from hub.web.api.partner_view import EVENTS, of_partner
from hub.web.orders import partner_types as order_types
from hub.web.orders.partner_view import EVENTS as ORDER_EVENTS
from tests.conftest import NOW
from tests.security.asking import Asking, asking
from tests.security.rows import order_of
from tests.stored import FrozenClock
from tests.web.samples import ORDER, answer, receive

HUB = Path(__file__).parents[2] / "hub"
CANARY = "INTERNAL their credit is bad /srv/hub/partners/other-co/partner.toml:6"
ADA = "person:ada@factory.example"
WRITERS = ("exchange", "flow", "web")  # rooms that keep timelines
DECIDED_STAGES = {*STAGES_OF_PARTNERS, "MAP", "SIG", "TRN", "PLN", "CFG"}
"""Stages of findings, those whose sentences partners read and those whose sentences they do not."""


@pytest.fixture
def asked(tmp_path: Path, database: Database, clock: FrozenClock) -> Iterator[Asking]:
    with asking(tmp_path, database, clock) as each:
        yield each


def test_every_event_of_a_timeline_has_been_decided_about() -> None:
    assert set(EVENTS) == set(get_args(Event)), "decide in partner_view what a partner is told of it; None: nothing"


def test_every_event_of_an_order_has_been_decided_about() -> None:
    assert set(ORDER_EVENTS) == set(EventKind)


def test_the_code_writes_no_event_that_is_not_in_the_list() -> None:
    written = set()
    for file in [HUB / "bootstrap.py", *(file for room in WRITERS for file in (HUB / room).rglob("*.py"))]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = getattr(called, "attr", getattr(called, "id", ""))
            if name == "note" and isinstance(node, ast.Call) and len(node.args) >= 4:
                event = node.args[2]
                written |= {event.value} if isinstance(event, ast.Constant) and isinstance(event.value, str) else set()
    assert {"replay-asked", "dealt-with", "fetched", "held"} <= written
    assert written <= set(get_args(Event))


def test_every_stage_that_finds_faults_has_been_decided_about() -> None:
    found = set()
    for file in HUB.rglob("*.py"):
        found |= set(re.findall(r"code=f?\"([A-Z]{3})-", file.read_text(encoding="utf-8")))
    assert {"ENV", "GDE", "MAP"} <= found
    assert found <= DECIDED_STAGES, "decide in partner_view whether partners read its sentences"


def test_an_event_nobody_has_decided_about_is_not_told() -> None:
    from hub.exchange.model import TimelineEntry

    assert of_partner(TimelineEntry(at=NOW, event="brand-new", text=CANARY, actor=ADA)) is None


def test_a_type_nobody_has_decided_about_is_a_defect_and_never_an_answer() -> None:
    from hub.access.model import ApiKey

    with pytest.raises(Defect, match="ApiKey"):
        of_partner(ApiKey(id="x", partner="p", scopes=[], created_at=NOW))


def test_no_type_of_a_partner_has_a_field_for_our_files_or_our_people() -> None:
    for module in (partner_types, order_types):
        own = [value for value in vars(module).values() if getattr(value, "__module__", "") == module.__name__]
        assert own
        for value in own:
            assert issubclass(value, msgspec.Struct)
            assert not {"rule", "detail", "file", "login", "name_of_person"} & set(value.__struct_fields__), value


Write = Callable[[Connection, str, str], None]  # the order received, the answer sent


def _finding(**more: Any) -> Diagnostic:
    said = {"code": "GDE-ELEMENT-TOO-LONG", "severity": Severity.VALUE, "told": "BEG03 is too long", **more}
    return Diagnostic(**said)


def _found(finding: Diagnostic) -> Write:
    def write(conn: Connection, order: str, sent: str) -> None:
        conn.execute(update(document).where(document.c.message == order).values(findings=[finding]))
        conn.execute(update(message).where(message.c.id == order).values(findings=[finding]))

    return write


def _noted(event: Event, actor: str = ADA) -> Write:
    def write(conn: Connection, order: str, sent: str) -> None:
        for each in (order, sent):
            note(conn, each, event, as_written(CANARY), at=NOW, actor=actor)

    return write


def _failed_delivery(conn: Connection, order: str, sent: str) -> None:
    conn.execute(update(delivery).where(delivery.c.message == sent).values(error=CANARY, state="failed"))


def _failed_attempt(conn: Connection, order: str, sent: str) -> None:
    row = {"message": sent, "attempt": len(ATTEMPT_WAITS), "started_at": NOW, "ok": False, "detail": CANARY}
    conn.execute(insert(delivery_attempt), row)


def _earlier_delivery(conn: Connection, order: str, sent: str) -> None:
    row = {"message": sent, "number": 1, "state": "failed", "ended_at": NOW, "error": CANARY}
    conn.execute(insert(earlier_delivery), row)


def _event_of_order(conn: Connection, order: str, sent: str) -> None:
    order_of(conn, order)
    row = {"order_id": f"order-{order[-12:]}", "at": NOW, "kind": "order-held", "text": CANARY, "message": order}
    conn.execute(insert(order_event), {**row, "position": 1})


def _reason_of_order(conn: Connection, order: str, sent: str) -> None:
    order_of(conn, order)
    held = _finding(code="BUS-NO-CATALOGUE", told="we have no items", advised=CANARY, rule=CANARY)
    conn.execute(update(purchase_order).values(reasons=[held]))


def _reason_of_line(conn: Connection, order: str, sent: str) -> None:
    order_of(conn, order, reasons=[_finding(code="BUS-NO-CATALOGUE", told="no items", advised=CANARY, rule=CANARY)])
    assert conn.execute(order_line.select()).first() is not None


PLACES: dict[str, Write] = {
    "a remark at 'dealt with'": _noted("noted"),
    "a remark under any event": _noted("dealt-with"),
    "the reason of a replay": _noted("replay-asked"),
    "the reason of sending again": _noted("resend-asked"),
    "a fault of our configuration": _noted("held", "hub"),
    "a job given up": _noted("processing-failed", "hub"),
    "a failed delivery in the timeline": _noted("delivery-failed", "hub"),
    "an acknowledgement's words": _noted("acknowledged", "hub"),
    "who acts from a shell": _noted("received", f"shell:{CANARY}"),
    "why it needs attention": lambda conn, order, sent: call_attention(conn, sent, as_written(CANARY)),
    "why it is held": lambda conn, order, sent: hold(conn, order, as_written(CANARY)),
    "the error of a delivery": _failed_delivery,
    "the detail of an attempt": _failed_attempt,
    "the error of an earlier delivery": _earlier_delivery,
    "the rule behind a finding": _found(_finding(rule=CANARY)),
    "the file of a finding": _found(_finding(location=Location(segment=2, file=CANARY, line=6))),
    "the words of a map": _found(_finding(code="MAP-UNSAID", told=CANARY)),
    "the remedy of a map": _found(_finding(code="MAP-NO-MAP", advised=CANARY)),
    "what a map expected": _found(_finding(code="MAP-CODE", expected=CANARY)),
    "the remedy of a hold": _found(_finding(code="BUS-NO-CATALOGUE", advised=CANARY)),
    "a stage nobody knows": _found(_finding(code="XXX-NEW", told=CANARY, advised=CANARY, expected=CANARY)),
    "the history of an order": _event_of_order,
    "a reason of an order": _reason_of_order,
    "a reason of a line": _reason_of_line,
}


@pytest.mark.parametrize("place", PLACES)
def test_nothing_of_ours_reaches_a_partner_wherever_it_was_written(asked: Asking, place: str) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    sent = answer(asked.hub, order, "855", "OrderAcknowledgement", NOW, 1)
    asked.hub.database.write_now(lambda conn: PLACES[place](conn, order, sent))
    partner, person = asked.partner(), asked.person()
    ours = ""
    for url in _urls(order, sent):
        told = asked.get(url, partner)
        assert told.status_code in (200, 404), url
        for word in ("INTERNAL", "credit", "/srv", ".toml", "other-co", "ada@", "shell:"):
            assert word not in told.text, (url, word)
        ours += asked.get(url, person).text
    assert "INTERNAL" in ours, "the canary is not where a person reads it: this test would notice nothing"


def _urls(order: str, sent: str) -> list[str]:
    parts = ("", "/timeline", "/documents", "/documents/1/findings", "/findings", "/envelopes", "/answers")
    urls = [f"/api/v1/messages/{each}{part}" for each in (order, sent) for part in (*parts, "/acknowledgements")]
    by_id = f"/api/v1/order-by-id/order-{order[-12:]}"
    urls += [f"{by_id}/{part}" for part in ("lines", "history", "reasons", "documents", "notes", "lines/1/reasons")]
    return [*urls, "/api/v1/messages", "/api/v1/orders", "/api/v1/orders/acme-cardio/4500098123"]


def test_a_partner_is_told_who_acted_as_itself_the_hub_or_the_factory(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)

    def work(conn: Connection) -> None:
        for actor in ("hub", "partner:acme-cardio", ADA, "shell:root", "robot:7"):
            note(conn, order, "replay-asked", None, at=NOW, actor=actor)

    asked.hub.database.write_now(work)
    told = asked.get(f"/api/v1/messages/{order}/timeline", asked.partner()).json()["items"]
    assert [each["actor"] for each in told] == ["hub", "partner", "factory", "factory", "factory"]
    assert {each["text"] for each in told} == {EVENTS["replay-asked"]}


def test_a_partner_reads_what_is_wrong_with_its_own_document(asked: Asking) -> None:
    place = Location(segment=2, tag="BEG", element=3)
    finding = _finding(advised="send it in 22 characters", location=place, found="45")
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101, findings=[finding])
    told = asked.get(f"/api/v1/messages/{order}", asked.partner()).json()["documents"][0]["findings"][0]
    assert (told["message"], told["remedy"], told["found"]) == ("BEG03 is too long", "send it in 22 characters", "45")
    assert (told["location"]["segment"], told["location"]["element"]) == (2, 3)


def test_a_partner_keeps_its_own_reason_of_a_refusal(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    sent = answer(asked.hub, order, "855", "OrderAcknowledgement", NOW, 1)
    partner = asked.partner()
    said = asked.post(f"/outbound/acme-cardio/{sent}/received", partner, json={"verdict": "refuse", "reason": "price"})
    assert said.status_code == 200
    state = asked.get(f"/api/v1/messages/{sent}", partner).json()
    assert state["delivery_state"]["verdict_reason"] == "price"
    assert "price" in asked.get(f"/api/v1/messages/{sent}", asked.person()).json()["attention"]


@pytest.mark.parametrize("length", [2_001, 60_000])
def test_a_reason_longer_than_is_kept_is_refused_and_never_cut_in_silence(asked: Asking, length: int) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)
    sent = answer(asked.hub, order, "855", "OrderAcknowledgement", NOW, 1)
    words = {"verdict": "refuse", "reason": "x" * length}
    refused = asked.post(f"/outbound/acme-cardio/{sent}/received", asked.partner(), json=words)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad-parameter")
    again = asked.post(f"/api/v1/messages/{order}/replay", asked.person(), json={"reason": "x" * length})
    assert again.status_code == 400


def test_a_text_of_any_writer_is_kept_in_two_thousand_characters(asked: Asking) -> None:
    order = receive(asked.hub, ORDER, NOW, "4500098123", 101)

    def work(conn: Connection) -> None:
        note(conn, order, "held", as_written("x" * 60_000), at=NOW)
        call_attention(conn, order, as_written("y" * 60_000))

    asked.hub.database.write_now(work)
    person = asked.person()
    assert len(asked.get(f"/api/v1/messages/{order}/timeline", person).json()["items"][0]["text"]) == 2_000
    assert len(asked.get(f"/api/v1/messages/{order}", person).json()["attention"]) == 2_000


WITH_US = "you need do nothing: the factory looks at it"
WEIGHTS = {
    Severity.NOTE: "this was noticed, and nothing is refused for it",
    Severity.WARNING: "this was taken, and something about it is not certain",
    Severity.VALUE: "this could not be taken as it stands",
    Severity.PART: "this could not be taken as it stands",
    Severity.DOCUMENT: "this could not be taken as it stands",
    Severity.GROUP: "this could not be taken as it stands",
    Severity.ENVELOPE: "this could not be taken as it stands",
}


@pytest.mark.parametrize("severity", WEIGHTS)
@pytest.mark.parametrize(
    "code", ["MAP-UNREAD", "MAP-TOTAL", "MAP-NUMBERED", "SIG-OLD", "TRN-LATE", "PLN-MOVED", "XXX-NEW"]
)
def test_what_is_said_in_place_of_our_words_weighs_what_the_finding_weighs(severity: Severity, code: str) -> None:
    told = of_partner(_finding(code=code, severity=severity, told=CANARY, advised=CANARY))
    assert told.message == WEIGHTS[severity]
    assert told.remedy == ("you need do nothing" if severity is Severity.NOTE else WITH_US)


@pytest.mark.parametrize("severity", WEIGHTS)
def test_every_weight_of_a_finding_has_words_of_its_own_stage(severity: Severity) -> None:
    assert set(WEIGHTS) == set(Severity)
    assert (
        of_partner(_finding(code="GDE-ANY", severity=severity, told="BEG03 is too long")).message == "BEG03 is too long"
    )
