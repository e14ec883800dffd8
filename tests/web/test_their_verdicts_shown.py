"""What a partner says about what we sent is seen in the list and read in words, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.exchange.model import Acknowledgement, MessageRow, Validation
from hub.web.catalogues import load
from hub.web.languages import LANGUAGES
from hub.web.phrases import Phrasebook
from hub.web.statuses import chips

AT = datetime(2026, 11, 29, tzinfo=UTC)
CATALOGUE = load(LANGUAGES[1])
CHINESE = Phrasebook(CATALOGUE.gettext, CATALOGUE.texts())


def ours(acknowledgement: Acknowledgement, validation: Validation = "valid") -> MessageRow:
    return MessageRow(
        id="1", partner="acme-cardio", direction="out", received_at=AT, document="OrderAcknowledgement",
        delivery="delivered", acknowledgement=acknowledgement, validation=validation,
    )  # fmt: skip


def theirs(validation: Validation, document: str = "FunctionalAcknowledgement") -> MessageRow:
    return MessageRow(
        id="1", partner="acme-cardio", direction="in", received_at=AT, document=document, outcome="accepted",
        validation=validation,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (ours("accepted"), [("Delivered", "good"), ("Acknowledged", "good")]),
        (ours("accepted", "warnings"), [("Delivered", "good"), ("Acknowledged with errors", "warn")]),
        (ours("partly"), [("Delivered", "good"), ("Partly acknowledged", "warn")]),
        (ours("rejected"), [("Delivered", "good"), ("Rejected by the partner", "bad")]),
        (theirs("valid"), [("Noted", "quiet")]),
        (theirs("warnings"), [("Valid with warnings", "warn"), ("Noted", "quiet")]),
        (theirs("valid", "PurchaseOrder"), [("Accepted", "good")]),
    ],
)
def test_no_acknowledgement_that_finds_fault_is_green(row: MessageRow, shown: list[tuple[str, str]]) -> None:
    assert [(word.text, word.tone) for word in chips(row)] == shown


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        (
            "The partner says of our BAK04 (date) = '20261129': the date is not one they take; we sent '20261120'",
            "伙伴对我方的 BAK04（日期） = '20261129' 指出：该日期不被对方接受；我方发送的是“20261120”",
        ),
        (
            "The partner says of our 855 0001: they do not take this kind of set",
            "伙伴对我方的 855 0001 指出：对方不接受这种交易集",
        ),
        (
            "The partner refused our interchange 000000001, note 006: the sender id (ISA06) is not one they know",
            "伙伴已拒绝我方的交换 000000001，代码 006：对方不认识发送方标识（ISA06）",
        ),
        (
            "The acknowledgement contradicts itself: AK9 says accepted, but AK5 rejects 1 of 1 sets; the worst counts",
            "该确认自相矛盾：AK9 称已接受，但AK5 拒绝了 1 个交易集中的 1 个；以最坏的为准",
        ),
        ("accepted with errors by acme-cardio", "由 acme-cardio 确认：已接受但有错误"),
    ],
)
def test_what_they_say_is_read_in_the_viewers_language(said: str, chinese: str) -> None:
    assert CHINESE.phrase(said) == chinese
