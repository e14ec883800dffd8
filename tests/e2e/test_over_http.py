"""A partner's system and a served hub: an order and its answers, and what is refused, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from benchmarks.orders import purchase_order
from tests.e2e.conftest import PARTNER, Served, until
from tests.flow.wire import Sent, acknowledgement, of_kind


def _order(number: int) -> bytes:
    return purchase_order(number, today=datetime.now(UTC).date())


def test_an_order_is_answered_and_the_conversation_closed(served: Served) -> None:
    with served.client() as partner:
        receipt = partner.send(PARTNER, _order(101))
        shown = until(partner, receipt["message"])
        assert (shown["validation"], shown["outcome"]) == ("valid", "accepted")
        assert partner.orders(PARTNER, "P000000101")

        answers = _fetched(served, about="101", order="P000000101")
        assert [each.kind for each in answers] == ["855", "997"]
        assert answers[0].one("BAK")[2] == "AD"
        assert answers[1].one("AK9")[1:] == ["A", "1", "1", "1"]

        group = answers[0].group
        assert group is not None
        told = partner.send(PARTNER, acknowledgement(group))
        assert until(partner, told["message"])["outcome"] == "accepted"
        assert partner.message(answers[0].message)["acknowledgement"] == "accepted"
        for each in answers:
            partner.received(PARTNER, each.message)
        assert not {each.message for each in answers} & {item["id"] for item in partner.mailbox(PARTNER)}


def test_the_same_order_again_is_200_and_its_answers_are_offered_again(served: Served) -> None:
    with served.client() as partner:
        first = served.post(_order(102))
        assert first.status_code == 202
        until(partner, first.json()["message"])
        answers = _fetched(served, about="102", order="P000000102")
        for each in answers:
            partner.received(PARTNER, each.message)

        again = served.post(_order(102))
        assert again.status_code == 200
        assert again.json()["message"] == first.json()["message"]
        waiting = {item["id"] for item in partner.mailbox(PARTNER)}
        assert {each.message for each in answers} <= waiting


@pytest.mark.parametrize(
    "body",
    [b"[" * 100_000, b"Dear supplier", b"ISA*00*", b"\0" * 500, _order(103)[:400], _order(104).replace(b"850", b"830")],
    ids=["JSON 100,000 deep", "text", "half an ISA", "NUL bytes", "cut short", "unknown set"],
)
def test_a_bad_body_is_kept_and_has_a_verdict_that_says_why(served: Served, body: bytes) -> None:
    answer = served.post(body)
    assert answer.status_code in (200, 202)
    with served.client() as partner:
        shown = until(partner, answer.json()["message"])
        assert shown["validation"] in ("unreadable", "rejected")
        assert shown["attention"]
        raw = httpx.get(
            f"{served.url}/api/v1/messages/{shown['id']}/raw", headers={"authorization": f"Bearer {served.key}"}
        )
        assert raw.content == body
        assert until(partner, partner.send(PARTNER, _order(199))["message"])["outcome"] == "accepted"


@pytest.mark.parametrize(
    ("partner", "key", "status"),
    [
        (PARTNER, None, 401),
        (PARTNER, "hub_wrong", 401),
        ("somebody-else", "ours", 404),
        ("no such partner", "ours", 404),
    ],
)
def test_who_may_not_hand_in_is_told_in_problem_json(
    served: Served, partner: str, key: str | None, status: int
) -> None:
    headers = {"authorization": f"Bearer {served.key if key == 'ours' else key}"} if key else {}
    answer = httpx.post(f"{served.url}/inbound/{partner}", content=_order(105), headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["title"]


def test_an_empty_body_and_a_changed_body_under_one_idempotency_key_are_answered_at_once(served: Served) -> None:
    assert served.post(b"").status_code == 400
    assert served.post(_order(106), idempotency_key="k-1").status_code == 202
    changed = served.post(_order(107), idempotency_key="k-1")
    assert changed.status_code == 409
    assert changed.headers["content-type"].startswith("application/problem+json")


def _fetched(served: Served, *, about: str, order: str) -> list[Sent]:
    """Return the 855 and the 997 of one order out of the mailbox."""
    with served.client() as partner:
        waiting = [Sent(item["id"], partner.fetch(PARTNER, item["id"])) for item in partner.mailbox(PARTNER)]
    answered = [each for each in of_kind(waiting, "855") if each.one("BAK")[3] == order]
    return answered + [each for each in of_kind(waiting, "997") if each.one("AK1")[2] == about]
