"""The sample orders in the partners' folders, taken from bytes to the answer's segments: each gets what its name says.

``refused-…`` is refused, ``held-…`` waits for a person, ``order…`` is taken; after ``order``, ``copy`` gets its answer
again and ``duplicate`` is held. Judged on the day the partner's README names.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

import hub
from hub.business.orders.decide import Given, decide
from hub.business.orders.model import Decision, Effect, OrderState, Source
from hub.business.orders.room import ORDERS
from hub.canonical.order import PurchaseOrder
from hub.canonical.stored import decode_document
from hub.exchange.partners import load_partners
from hub.flow.rendering import render
from hub.flow.rules import Rules
from hub.flow.syntaxes import open_message
from hub.flow.x12.rendering import segments_of
from hub.kernel.diagnostics import Severity, worst
from hub.kernel.identity import new_id
from hub.mapping.library import MapLibrary
from hub.platform.configuration import Configuration

ROOT = Path(hub.__file__).parents[1]
SAMPLES = sorted((ROOT / "partners").glob("*/samples/*.edi"))
DAY_NAMED = re.compile(r"judged on (\d{4}-\d\d-\d\d)")
TAKEN = {"accepted", "changed"}


@cache
def rules() -> Rules:
    found = Rules(Configuration([ROOT]))
    found.maps = MapLibrary([ROOT], found.schemas)  # whether each map has its cases is another test's business
    return found


def read(sample: Path) -> PurchaseOrder:
    (document,) = open_message(sample.read_bytes(), rules(), sample.parents[1].name).documents()
    assert document.findings == [], [str(finding) for finding in document.findings]
    assert document.canonical is not None
    order = decode_document("PurchaseOrder", document.canonical)
    assert isinstance(order, PurchaseOrder)
    return order


@cache
def judged_on(partner: str) -> date:
    named = DAY_NAMED.search((ROOT / "partners" / partner / "README.md").read_text())
    assert named is not None
    return date.fromisoformat(named[1])


def judge(sample: Path, known: OrderState | None = None) -> Decision:
    partner = sample.parents[1].name
    given = Given(
        catalogue=rules().of_room(ORDERS, partner).catalogue,
        today=judged_on(partner),
        source=Source(message=sample.stem),
        order_id=new_id(),
        calendar=rules().of_room(ORDERS, partner).dock,
    )
    return decide(read(sample), known, given)


def expected(name: str) -> set[str]:
    for beginning, outcomes in (("refused-", {"refused"}), ("held-", {"held"}), ("order", TAKEN)):
        if name.startswith(beginning):
            return outcomes
    return {"duplicate"}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parents[1].name}/{sample.stem}")
def test_a_sample_gets_what_its_name_says(sample: Path) -> None:
    first = judge(sample.with_name("order.edi")).state if sample.stem in ("copy", "duplicate") else None
    decision = judge(sample, first)
    assert decision.outcome in expected(sample.stem), decision.all_reasons
    assert (Effect.REPEAT_ANSWER in decision.effects) == (sample.stem == "copy")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.parents[1].name}/{sample.stem}")
def test_the_answer_to_a_sample_can_be_written_as_the_partner_wants_it(sample: Path) -> None:
    answer = judge(sample).answer
    if answer is None:
        assert sample.stem in ("held-cancel", "held-replace")
        return
    partner = load_partners(rules().configuration).get(sample.parents[1].name)
    assert partner is not None
    _, content = render(rules(), partner, answer)
    assert worst(content.findings) is Severity.NOTE, [str(finding) for finding in content.findings]
    assert sum(line.startswith("PO1") for line in segments_of(content.body).lines) == len(answer.lines)


def test_there_are_samples() -> None:
    assert len(SAMPLES) > 30
    assert all(sample.stem in (sample.parents[1] / "README.md").read_text(encoding="utf-8") for sample in SAMPLES)


def test_the_reference_conversation_gets_its_answer() -> None:
    answer = judge(ROOT / "partners" / "acme-cardio" / "samples" / "order.edi").answer
    assert answer is not None
    said = [
        (part.status, str(part.quantity and part.quantity.value), part.deliver) for part in answer.lines[0].promises
    ]
    assert [(status, value, when and when.on) for status, value, when in said] == [
        ("accepted", "2000", date(2026, 12, 15)),
        ("date-rescheduled", "3000", date(2027, 1, 20)),
    ]
