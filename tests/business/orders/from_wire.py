"""An 850 of Acme Cardio as its bytes, what we decide about it, and the segments of our 855."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from hub.business.orders.catalogue import DockCalendar
from hub.business.orders.decide import Given, decide
from hub.business.orders.model import Decision, Source, Status
from hub.business.orders.room import ORDERS
from hub.canonical.order import PurchaseOrder
from hub.canonical.stored import decode_document
from hub.exchange.partners import Partner, load_partners
from hub.flow.rendering import render
from hub.flow.syntaxes import open_message
from hub.flow.x12.rendering import segments_of
from hub.kernel.diagnostics import Diagnostic
from hub.kernel.identity import new_id
from tests.business.orders.test_samples import rules
from tests.flow.wire import group, interchange, transaction

ACME = "acme-cardio"
TODAY = date(2026, 11, 29)
EARLIEST = date(2027, 1, 4)  # 250 of AC-1002: the end of its lead time after TODAY, a Monday
WEEKENDS = DockCalendar(closed_weekdays=frozenset({5, 6}))
SHIP_TO = "N1*ST*Acme DC Memphis*92*DC04~N3*100 Hub Way~N4*Memphis*TN*38118*US~"
ITEM = "250*EA*1.875*PE*BP*AC-1002*EC*A*VP*CM-77-1002~"


class Answered:
    """What was read, decided and answered."""

    def __init__(self, findings: list[Diagnostic], order: PurchaseOrder, decision: Decision) -> None:
        self.findings, self.order, self.decision = findings, order, decision
        self.codes = {reason.code for reason in decision.all_reasons} - {"BUS-NOT-PLANNED"}

    @property
    def statuses(self) -> list[str]:
        return [line.state.status.value for line in self.decision.lines]

    @property
    def held(self) -> bool:
        """Whether every line is, and a person is called."""
        calls = "ask-a-person" in {effect.value for effect in self.decision.effects}
        return calls and all(line.state.status is Status.HELD for line in self.decision.lines)

    def reason(self, code: str) -> str:
        return next(reason.message for reason in self.decision.all_reasons if reason.code == code)

    def segments(self, tag: str) -> list[list[str]]:
        """Return the elements of every segment ``tag`` of the 855, as its bytes."""
        assert self.decision.answer is not None
        _, content = render(rules(), partner(), self.decision.answer)
        cut = [line.rstrip("~").split("*") for line in segments_of(content.body).lines]
        return [each for each in cut if each[0] == tag]


@cache
def partner() -> Partner:
    found = load_partners(rules().configuration).get(ACME)
    assert found is not None
    return found


def order(*, head: str = "", lines: str | None = None, line: str = "", ship_to: str = SHIP_TO, foot: str = "") -> bytes:
    """Return an 850: ``head`` before the parties, ``lines``, or one line with ``line`` behind its PO1."""
    lines = f"PO1*1*{ITEM}{line}" if lines is None else lines
    begin = "BEG*00*SA*4600000733**20261127*BPA-2026-017~CUR*BY*USD~"
    counted = foot or f"CTT*{lines.count('PO1*')}~"
    body = f"{begin}{head}N1*BY*Acme Cardio Inc*1*123456789~{ship_to}{lines}{counted}"
    return interchange(group(transaction(body)))


def answered(body: bytes, today: date = TODAY, calendar: DockCalendar | None = None) -> Answered:
    """Take an 850 from its bytes to the decision; ``calendar``: another than the partner's own."""
    (document,) = open_message(body, rules(), ACME).documents()
    assert document.takes_effect, [str(each) for each in document.findings]
    assert document.canonical is not None
    read = decode_document("PurchaseOrder", document.canonical)
    assert isinstance(read, PurchaseOrder)
    given = Given(
        catalogue=rules().of_room(ORDERS, ACME).catalogue,
        today=today,
        source=Source(message="message"),
        order_id=new_id(),
        calendar=calendar or rules().of_room(ORDERS, ACME).dock,
    )
    return Answered(document.findings, read, decide(read, None, given))


def dates(*said: tuple[str, str]) -> str:
    """Return a DTM for each qualifier and day."""
    return "".join(f"DTM*{qualifier}*{day}~" for qualifier, day in said)


def promised(segments: Sequence[Sequence[str]]) -> list[tuple[str, str, str]]:
    """Return status, kind of day and day of each ACK."""
    return [(each[1], *(each[4:6] if len(each) > 5 else ("", ""))) for each in segments]  # type: ignore[misc]
