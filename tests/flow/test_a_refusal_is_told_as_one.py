"""A customer who refuses our answer is read as one who refuses: on the order, on our answer, in the log, in both
languages; and one who approves it as one who approves."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from hub.kernel.sentence import Wording
from hub.web.app import create_app
from hub.web.reading_out import WordingReader
from tests.flow.at_work import AtWork
from tests.flow.test_cxml import MERIDIAN, ORDER, answers
from tests.web.conftest import client_of, key_of, session_of

NAME = "Meridian Catheter, Inc."
REASON = "line 10 is a week <late>"
ORDER_PAGE = f"/orders/{MERIDIAN}/MC-4500071"


def told(hub: AtWork, *verdicts: dict[str, str] | None, language: str = "en") -> dict[str, str]:
    """Let the customer say this of our answer, one after the other; return the pages that speak of it."""
    [answer] = answers(hub, hub.send(ORDER, MERIDIAN).message.id)

    async def say_and_look() -> dict[str, str]:
        async with client_of(create_app(hub.hub)) as client:
            key = {"authorization": f"Bearer {key_of(hub.hub, MERIDIAN)}"}
            address = f"/outbound/{MERIDIAN}/{answer.message}"
            hub.clock.advance(timedelta(minutes=1))
            await client.get(address, headers=key)
            for verdict in verdicts:
                hub.clock.advance(timedelta(minutes=1))
                assert (await client.post(f"{address}/received", headers=key, json=verdict)).status_code == 200
            client.cookies.set("hub_session", session_of(hub.hub, "account-manager")[0])
            client.headers["accept-language"] = language
            pages = {"order": ORDER_PAGE, "answer": f"/messages/{answer.message}", "log": "/messages?direction=out"}
            return {name: unescape((await client.get(page)).text) for name, page in pages.items()}

    return hub.wait(say_and_look())


REFUSES = {"verdict": "refuse", "reason": REASON}


@pytest.mark.parametrize("said", [(REFUSES,), (None, REFUSES)], ids=["at once", "after it was received"])
def test_a_refused_answer_is_red_on_the_order_with_the_reason(
    hub: AtWork, said: tuple[dict[str, str] | None, ...]
) -> None:
    page = told(hub, *said)["order"]
    assert f"Refused by {NAME}: {REASON}" in text_of(page, "flash flash-bad")
    assert page.count(f"Refused by {NAME}: {REASON}") == 2, "on top, and in the history"
    assert (f"Confirmed by {NAME}" in page) == (len(said) > 1)
    assert '<span class="chip chip-bad">Refused by the partner</span>' in page
    assert '<span class="chip chip-good">Delivered</span>' not in page


def test_the_page_of_a_refused_answer_does_not_contradict_itself(hub: AtWork) -> None:
    page = told(hub, REFUSES)["answer"]
    assert f"{NAME} refuses it: {REASON}" in page
    assert f"<small>{NAME}</small>" in page, "who said so"
    assert "Refused by the partner" in page
    assert "confirmed by the partner" not in page
    assert "If it did not arrive" not in page
    assert "sending it again changes nothing" in page
    assert "Delivered</span>" not in page


def test_the_log_shows_a_refused_answer_in_red_and_names_the_company(hub: AtWork) -> None:
    page = told(hub, REFUSES)["log"]
    assert "Refused by the partner</span>" in page
    assert "Delivered</span>" not in page
    assert f"{NAME} refuses it: {REASON}" in page
    assert "Meridian-catheter" not in page


def test_an_approved_answer_says_approved_and_not_just_confirmed(hub: AtWork) -> None:
    pages = told(hub, {"verdict": "approve"})
    assert f"Approved by {NAME}" in pages["order"]
    assert f"Confirmed by {NAME}" not in pages["order"]
    assert "flash flash-bad" not in pages["order"]
    for page in pages.values():
        assert '<span class="chip chip-good">Approved by the partner</span>' in page


def test_what_is_refused_is_said_in_chinese_too(hub: AtWork) -> None:
    pages = told(hub, REFUSES, language="zh-CN")
    assert f"{NAME} 已拒绝：{REASON}" in pages["order"]
    assert f"{NAME} 拒绝：{REASON}" in pages["answer"]
    assert "再次发送不会改变什么" in pages["answer"]


def test_the_history_of_an_order_stands_in_the_order_of_time(hub: AtWork) -> None:
    page = told(hub, None, REFUSES)["order"]
    history = page[page.index('id="history"') :]
    times = re.findall(r'<time datetime="([^"]+)"', history)
    assert len(times) >= 5
    assert times == sorted(times)


def test_a_document_of_an_order_bears_the_name_that_its_syntax_gives_it(hub: AtWork) -> None:
    page = told(hub)["order"]
    conversation = page[page.index('id="conversation"') : page.index('id="history"')]
    tags = re.findall(r'<span class="tag">([^<]+)</span>', conversation)
    assert tags == ["OrderRequest", "ConfirmationRequest", "StatusUpdateRequest"]


def text_of(page: str, css: str) -> str:
    found = re.search(rf'<div class="{css}">(.*?)</div>', page, re.DOTALL)
    assert found is not None
    return found[1]


def test_a_path_names_the_folder_of_a_partner_and_not_the_company() -> None:
    reader = WordingReader(str, called=lambda partner: NAME if partner == MERIDIAN else partner)
    remedy = Wording(key="MAP-PARTNER/no-currency", words={"name": "x", "partner": MERIDIAN}, advises=True)
    assert f"partners/{MERIDIAN}/partner.toml" in reader.says(remedy)
