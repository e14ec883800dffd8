"""What a partner says about what we sent is seen in the list and read in words, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.exchange.model import Acknowledgement, MessageRow, Validation
from hub.flow.x12.their_notes import interchange_note
from hub.formats.x12.acknowledgement_codes import said_by
from hub.kernel.sentence import Wording
from hub.web.catalogues import load
from hub.web.languages import LANGUAGES
from hub.web.reading_out import WordingReader
from hub.web.statuses import chips

AT = datetime(2026, 11, 29, tzinfo=UTC)
CHINESE = WordingReader(load(LANGUAGES[1]).gettext)


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


DATE = Wording(key="theirs/named", words={"place": "BAK04", "label": "date"})
SETS = Wording(key="theirs/ak5-rejects", words={"rejected": 1, "count": 1})


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        (
            Wording(
                key="SYN-OURS-ELEMENT/differs",
                words={"named": DATE, "found": "'20261129'", "sent": "20261120", **said_by("element", "8")},
            ),
            "伙伴对我方的 BAK04（日期） = '20261129'指出：该日期不被对方接受；我方发送的是“20261120”",
        ),
        (
            Wording(key="SYN-OURS-SET", words={"kind": "855", "number": "0001", **said_by("set", "1")}),
            "伙伴对我方的 855 0001 指出：对方不接受这种交易集",
        ),
        (
            interchange_note("1", "rejected", "006").wording,
            "伙伴已拒绝我方的交换 000000001，代码 006：对方不认识发送方标识（ISA06）",
        ),
        (
            Wording(key="ENV-OURS-CONTRADICTION", words={"word": "accepted", "why": SETS}),
            "该确认自相矛盾：AK9 称已接受，但AK5 拒绝了 1 个交易集中的 1 个；以最坏的为准",
        ),
        (
            Wording(key="theirs/said", words={"status": "accepted with errors", "partner": "acme-cardio"}),
            "由 acme-cardio 确认：已接受但有错误",
        ),
    ],
)
def test_what_they_say_is_read_in_the_viewers_language(said: Wording, chinese: str) -> None:
    assert CHINESE.says(said) == chinese
