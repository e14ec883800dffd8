"""The pages over HTTP: what a person finds, in which language and zone, and that no payload is ever run."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import httpx
import pytest
from litestar import Litestar

from hub.kernel.diagnostics import Diagnostic, Severity
from hub.kernel.location import Location
from tests.web.conftest import client_of, session_of
from tests.web.samples import ORDER, fill, receive
from tests.web.small_hub import SmallHub

pytestmark = pytest.mark.anyio

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "{{7*7}}{% raw %}",
    "</pre><iframe srcdoc='<script>alert(1)</script>'>",
    "javascript:alert(1)",
    "&lt;script&gt;",
]


async def test_what_needs_a_person_stands_first(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    fill(hub)
    page = (await engineer.get("/messages")).text
    rows = re.findall(r"<tr( class=\"needs\")?>\s*<td>", page)
    assert rows[:2] == [' class="needs"'] * 2
    assert not any(rows[2:])


async def test_a_filter_stands_in_the_url_and_htmx_gets_the_rows_alone(
    engineer: httpx.AsyncClient, hub: SmallHub
) -> None:
    fill(hub)
    fragment = await engineer.get("/messages?status=rejected", headers={"hx-request": "true"})
    assert "<html" not in fragment.text
    assert fragment.text.count("row-link") == 1
    assert 'value="rejected" selected' in fragment.text
    whole = await engineer.get("/messages?status=rejected")
    assert "<html" in whole.text
    assert whole.text.count("row-link") == 1


async def test_one_box_finds_a_message_by_any_number_it_carries(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    order = fill(hub)
    for number in ("4500098123", "401", order):
        assert order in (await engineer.get("/messages", params={"q": number})).text or number == "401"
    assert "No message fits" in (await engineer.get("/messages?q=nowhere")).text


async def test_older_messages_follow_page_by_page_without_a_gap(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    now = hub.clock.now()
    made = {receive(hub, ORDER + b"%d" % n, now - timedelta(seconds=n), f"PO{n}", 1000 + n) for n in range(120)}
    seen: list[str] = []
    url = "/messages"
    while url:
        page = (await engineer.get(url)).text
        seen += re.findall(r'row-link" href="/messages/([^"]+)"', page)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        url = html.unescape(older[1]) if older else ""
    assert len(seen) == 120
    assert set(seen) == made


async def test_a_message_shows_its_three_views_linked_by_place(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    page = (await engineer.get(f"/messages/{fill(hub)}")).text
    assert page.count('data-at="2:3"') == 3
    assert "mappings/x12/004010/850.toml:8" in page
    assert "Order acknowledgement" in page


async def test_who_may_not_see_payloads_sees_the_statuses_only(app: Litestar, hub: SmallHub) -> None:
    order = fill(hub)
    token, _ = session_of(hub, "viewer")
    async with client_of(app) as client:
        client.cookies.set("hub_session", token)
        page = (await client.get(f"/messages/{order}")).text
        assert "Accepted with changes" in page
        assert "data-view" not in page
        assert "Process again" not in page
        assert (await client.get(f"/messages/{order}/raw")).status_code == 403


async def test_a_replay_is_asked_for_by_a_button_and_stands_in_the_timeline(
    engineer: httpx.AsyncClient, hub: SmallHub
) -> None:
    order = fill(hub)
    asked = await engineer.post(f"/messages/{order}/replay", follow_redirects=True)
    assert "The message is being processed again." in asked.text
    assert "Processed again" in asked.text


async def test_what_was_dealt_with_leaves_the_head_of_the_log(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    fill(hub)
    first = re.search(r'row-link" href="(/messages/[^"]+)"', (await engineer.get("/messages?status=attention")).text)
    assert first
    await engineer.post(f"{first[1]}/dealt-with")
    assert first[1] not in (await engineer.get("/messages?status=attention")).text


async def test_a_held_message_says_the_ways_out_and_keeps_the_note_of_who_settled_it(
    engineer: httpx.AsyncClient, hub: SmallHub
) -> None:
    now = hub.clock.now()
    message = receive(hub, ORDER, now, "held.edi", 8, attention="the order has no line")
    asked = (await engineer.get(f"/messages/{message}")).text
    for words in ("process the message again", "ask the partner to send it anew", "settled by hand"):
        assert words in asked
    done = {"note": "  a date <b>agreed</b> by phone  "}
    await engineer.post(f"/messages/{message}/dealt-with", data=done)
    settled = (await engineer.get(f"/messages/{message}")).text
    assert "a date &lt;b&gt;agreed&lt;/b&gt; by phone" in settled
    assert "settled by hand" not in settled
    await engineer.post(f"/messages/{message}/dealt-with", data={"note": "once more"})
    assert "once more" not in (await engineer.get(f"/messages/{message}")).text


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_nothing_a_partner_sends_becomes_markup(
    engineer: httpx.AsyncClient, acme: httpx.AsyncClient, hub: SmallHub, payload: str
) -> None:
    now = hub.clock.now()
    finding = Diagnostic(
        code="GDE-X", severity=Severity.VALUE, told=f"{payload} is wrong", location=Location(segment=2, element=3),
        advised=payload, found=payload, expected=payload,
    )  # fmt: skip
    body = ORDER.replace(b"Acme Cardio Inc", payload.encode().replace(b"*", b""))
    message = receive(hub, body, now, payload, 7, findings=[finding], attention=payload)
    plain = await acme.post("/inbound/acme-cardio", content=payload.encode(), headers={"x-file-name": payload})
    for url in (f"/messages/{message}", f"/messages/{plain.json()['message']}", "/messages", f"/messages?q={payload}"):
        page = (await engineer.get(url)).text
        for tag in ("<script>alert", "<img src=x", "<svg onload", "<iframe", "onerror=alert(1)>"):
            assert tag not in page, (url, tag)
        assert "49" not in re.findall(r"tree-value\">(\d+)<", page)


async def test_the_same_page_in_chinese_by_choice_or_by_browser(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    fill(hub)
    by_browser = (await engineer.get("/messages", headers={"accept-language": "zh-CN"})).text
    assert '<html lang="zh-CN"' in by_browser
    assert "采购订单" in by_browser
    await engineer.post("/language", data={"language": "zh-CN", "next": "/messages"})
    chosen = (await engineer.get("/messages", headers={"accept-language": "en"})).text
    assert '<html lang="zh-CN"' in chosen


async def test_times_are_the_viewers_with_utc_beside_them(engineer: httpx.AsyncClient, hub: SmallHub) -> None:
    order = fill(hub)
    engineer.cookies.set("hub_zone", "Asia%2FShanghai")
    page = (await engineer.get(f"/messages/{order}")).text
    assert 'title="2026-11-20 11:56:00 UTC">Nov 20, 2026, 7:56:00' in page
    assert "Times in Asia/Shanghai" in page


async def test_the_page_of_partners_says_what_was_agreed_both_ways(hub: SmallHub, engineer: httpx.AsyncClient) -> None:
    """By which map and schema, how it is acknowledged, and of what a partner is told: as the files say."""
    hub.partners = hub.rules.partners
    page = (await engineer.get("/partners")).text
    assert {"XML", "cXML", "JSON", "X12 004010"} <= set(re.findall(r"X12 \d{6}|cXML|XML|JSON", page))
    assert "NetworkId AN01000421977" in page
    assert "acme-cardio/850 · x12/004010/850" in page
    assert "summit-surgical/order-response" in page
    assert "each order that stands" in page
    assert re.search(r'<span class="tag">TA1</span><span class="tag">997</span>', page)
