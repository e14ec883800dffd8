"""What a partner and an account manager are told about a file, in few words: to compare with the right answer."""

from __future__ import annotations

from collections.abc import Iterable

from hub.exchange.model import MessageDetail
from tests.flow.wire import Sent

FORM = ("AK3", "AK4", "AK5", "AK9")


def told_form(answers: Iterable[Sent]) -> list[str]:
    """Return the segments by which form is acknowledged: TA1 as verdict and note, AK3 to AK9 as they are."""
    found = []
    for segment in _segments(answers):
        if segment[0] == "TA1":
            found.append(f"TA1 {segment[4]} {segment[5]}")
        elif segment[0] in FORM:
            found.append("*".join(segment))
    return found


def told_orders(answers: Iterable[Sent]) -> list[str]:
    """Return a text for each 855: ``4600000500 AD: 1 IA 20270305; 2 IR``, by line its number, statuses and days."""
    found: list[str] = []
    for segment in _segments(answers):
        match segment:
            case ["BAK", _, verdict, number, *_]:
                found.append(f"{number} {verdict}:")
            case ["PO1", number, *_]:
                found[-1] += f"{'' if found[-1].endswith(':') else ';'} {number}"
            case ["ACK", status, *rest]:
                found[-1] += "".join(f" {each}" for each in [status, *_days(rest)])
    return found


def told_days(answers: Iterable[Sent]) -> dict[str, list[tuple[str, str, str]]]:
    """Return by order number each promise: its status, the qualifier of its day, and the day."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    number = ""
    for segment in _segments(answers):
        if segment[0] == "BAK":
            number = segment[3]
        elif segment[0] == "ACK":
            padded = [*segment, "", "", "", "", ""]
            found.setdefault(number, []).append((padded[1], padded[4], padded[5]))
        elif segment[0] == "DTM" and found.get(number) and not found[number][-1][2]:
            found[number][-1] = (found[number][-1][0], segment[1], segment[2])  # a day on which the goods leave us
    return found


def said(detail: MessageDetail) -> str:
    """Return all that is said of a message here: why a person is called, and every finding."""
    findings = [*detail.findings, *(each for document in detail.documents for each in document.findings)]
    return "\n".join([detail.message.why or "", *(f"{each.code}: {each.message}" for each in findings)])


def called(detail: MessageDetail) -> bool:
    """Say whether a person of ours is called."""
    return bool(detail.message.why)


def _days(rest: list[str]) -> list[str]:
    padded = [*rest, "", "", "", ""]
    return [padded[3]] if padded[3] else []


def _segments(answers: Iterable[Sent]) -> list[list[str]]:
    return [segment for sent in answers for segment in sent.segments]
