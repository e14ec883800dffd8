"""The pages in a real browser: found, read, linked, walked by keyboard; in both languages, with contrast that holds."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Served
from tests.conftest import missing

AXE = Path(__file__).parents[2] / "hub" / "web" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
PATHS = [
    "/messages", "/orders", "/orders/acme-cardio/4500098123", "/partners", "message", "rejected", "xml", "faulty json",
    "/login",
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

BEYOND = """() => [...document.querySelectorAll("main *")]
  .filter((each) => each.checkVisibility() && !each.closest(".visually-hidden, .cards thead, .way"))
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => each.outerHTML.slice(0, 80))"""
"""What of a page lies to the right of its window; the way of a message in time may be pulled along."""


def speak(page: Page, served: Served, language: str) -> None:
    page.context.add_cookies([{"name": "hub_language", "value": language, "url": served.url}])


def faults(page: Page) -> list[str]:
    """Return what axe-core finds wrong on the page, contrast included. Run beside the page's own policy."""
    if not AXE.is_file():
        missing("axe-core is not installed (npm ci in hub/web/ui)")
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", RULES)
    return [
        f"{each['id']}: {node['target']} {json.dumps(node['any'][:1])[:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def test_somebody_logs_in_and_stands_before_what_needs_them(browser: Browser, served: Served, token: str) -> None:
    context = browser.new_context(base_url=served.url, locale="en", timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto("/messages")
    page.get_by_label("Login name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/messages")
    expect(page.locator("tbody tr").first).to_have_class("needs")
    expect(page.locator(".foot")).to_contain_text("Asia/Shanghai")
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_within_reach_of_everybody(
    page: Page, served: Served, language: str, scheme: str, path: str
) -> None:
    speak(page, served, language)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    ids = {"message": served.orders["order"], **served.orders}
    if path == "/login":
        page.context.clear_cookies(name="hub_session")
    page.goto(f"/messages/{ids[path]}" if path in ids else path)
    assert page.locator("html").get_attribute("lang") == language
    assert faults(page) == []


def test_a_choice_in_a_filter_changes_rows_and_url_without_a_new_page(page: Page, served: Served) -> None:
    page.goto("/messages")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Direction").select_option("out")
    page.wait_for_url("**direction=out**")
    expect(page.locator("#log tbody")).not_to_contain_text("Purchase order")
    assert page.evaluate("window.sameDocument") is True
    page.go_back()
    expect(page.locator("#log tbody")).to_contain_text("Purchase order")


def test_the_search_box_is_one_key_away_and_finds_by_control_number(page: Page) -> None:
    page.goto("/messages")
    page.keyboard.press("/")
    page.keyboard.type("977")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=977**")
    expect(page.locator("tbody tr").first).to_contain_text("Rejected")


def test_pointing_at_an_element_lights_up_its_name_and_what_became_of_it(page: Page, served: Served) -> None:
    page.goto(f"/messages/{served.orders['order']}")
    page.locator('[data-view="raw"] [data-at="2:3"]').hover()
    named = page.locator('[data-view="named"] [data-at="2:3"]')
    expect(named).to_have_class(re.compile("linked"))
    expect(named).to_contain_text("4500098123")
    understood = page.locator('[data-view="canonical"] .linked')
    expect(understood).to_contain_text("number")
    expect(page.locator("#trace")).to_contain_text(re.compile(r"BEG03.*number.*850\.toml:\d+"))


def test_pointing_at_a_field_lights_up_where_it_came_from(page: Page, served: Served) -> None:
    page.goto(f"/messages/{served.orders['order']}")
    page.locator('[data-view="canonical"] [data-name="contract"]').hover()
    expect(page.locator('[data-view="raw"] .linked')).to_have_text("BPA-2026-017")


LINKED = {
    "xml": ("/Order/Lines/Line[2]/Quantity", "Quantity", "12", r"lines\[1\]\.quantity.*order\.toml:\d+"),
    "json": ("/items/1/partNo", "partNo", "CRT-210", r"lines\[1\]\.item\.buyer.*order\.toml:\d+"),
}


@pytest.mark.parametrize("syntax", LINKED)
def test_pointing_at_a_value_of_xml_or_json_lights_up_its_name_and_what_became_of_it(
    page: Page, served: Served, syntax: str
) -> None:
    place, label, value, became = LINKED[syntax]
    page.goto(f"/messages/{served.orders[syntax]}")
    page.locator(f'[data-view="raw"] [data-at="{place}"]').last.hover()
    named = page.locator(f'[data-view="named"] [data-at="{place}"]')
    expect(named).to_have_class(re.compile("linked"))
    expect(named).to_contain_text(re.compile(f"{label}.*{value}"))
    expect(page.locator('[data-view="canonical"] .linked').first).to_contain_text(value)
    expect(page.locator("#trace")).to_contain_text(re.compile(became))
    expect(page.locator("main")).not_to_contain_text(re.compile("segment|interchange|transaction set", re.IGNORECASE))


@pytest.mark.parametrize("syntax", LINKED)
def test_a_finding_in_xml_or_json_leads_to_its_place(page: Page, served: Served, syntax: str) -> None:
    page.goto(f"/messages/{served.orders[f'faulty {syntax}']}")
    leads = page.locator("button[data-go]").first
    expect(leads).to_contain_text(re.compile(r"line \d+" if syntax == "xml" else r"line \d+, column \d+ /items/0"))
    leads.click()
    assert page.evaluate("document.activeElement.dataset.at") == leads.get_attribute("data-go")
    expect(page.locator(".pane-raw .faulty").last).to_contain_text("many")


def test_the_views_are_walked_with_the_arrow_keys(page: Page, served: Served) -> None:
    page.goto(f"/messages/{served.orders['order']}")
    page.locator('[data-view="raw"] [data-at="2:2"]').focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator('[data-view="raw"] [data-at="2:3"]')).to_be_focused()
    expect(page.locator('[data-view="named"] [data-at="2:3"]')).to_have_class(re.compile("linked"))
    page.keyboard.press("End")
    last = page.locator('[data-view="raw"] [data-at]').last
    expect(last).to_be_focused()


def test_a_finding_leads_to_its_place(page: Page, served: Served) -> None:
    page.goto(f"/messages/{served.orders['rejected']}")
    page.locator("button[data-go]").first.click()
    focused = page.evaluate("document.activeElement.dataset.at")
    assert focused == page.locator("button[data-go]").first.get_attribute("data-go")
    expect(page.locator(".faulty").first).to_be_visible()


def test_a_payload_that_is_a_script_is_shown_and_never_run(page: Page, served: Served) -> None:
    alerts: list[str] = []
    page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    page.goto(f"/messages/{served.orders['unreadable']}")
    expect(page.locator(".pane-raw")).to_contain_text("<script>alert('x')</script>")
    assert page.locator("img").count() == 0
    page.wait_for_timeout(300)
    assert alerts == []


def test_the_skip_link_is_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/messages")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_interface_is_described_without_any_other_server(page: Page) -> None:
    page.goto("/schema")
    expect(page.locator("#schema")).to_contain_text("/inbound/{partner}")
    expect(page.locator("#schema")).to_contain_text("/outbound/{partner}/{message}/received")


def test_the_language_is_changed_from_the_menu_and_stays(page: Page) -> None:
    page.goto("/orders")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("h1")).to_have_text("订单")
    page.goto("/partners")
    expect(page.locator("h1")).to_have_text("伙伴")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Partners")


def test_the_keyboard_goes_through_a_whole_message_and_out_again(page: Page, served: Served) -> None:
    page.goto(f"/messages/{served.orders['held-cancel']}")
    last = page.locator(".foot a")
    for _ in range(80):
        page.keyboard.press("Tab")
        if last.evaluate("link => link === document.activeElement"):
            return
    raise AssertionError("80 steps, and not through")


def test_a_held_message_is_settled_with_a_remark(page: Page, served: Served) -> None:
    page.goto(f"/messages/{served.orders['unreadable']}")
    page.get_by_label("Remark").fill("they send X12 from tomorrow on")
    page.get_by_role("button", name="Dealt with").click()
    expect(page.locator(".way")).to_contain_text("they send X12 from tomorrow on")
    expect(page.locator("#ways")).to_have_count(0)


@pytest.mark.parametrize(
    "path",
    [
        "/messages",
        "/orders",
        "/orders/acme-cardio/4500098123",
        "/partners",
        "rejected",
        "faulty xml",
        "json",
        "ubl",
        "cxml",
        "faulty ubl",
        "faulty cxml",
    ],
)
def test_nothing_is_cut_off_on_a_phone(page: Page, served: Served, language: str, path: str) -> None:
    speak(page, served, language)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"/messages/{served.orders[path]}" if path in served.orders else path)
    assert page.evaluate(BEYOND) == []
    assert faults(page) == []


@pytest.mark.parametrize(
    ("partner", "document"),
    [("helix-diagnostics", "purchaseOrderResponse"), ("nordlys-implants", "OrderResponse"), ("meridian-cath", "Order")],
)
def test_the_log_is_seen_whole_on_a_laptop_whatever_names_its_documents_have(
    page: Page, served: Served, partner: str, document: str
) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{served.url}/messages?partner={partner}")
    page.get_by_text(document).first.wait_for()
    assert (
        page.evaluate(
            "(() => { const e = document.querySelector('.table-wrap'); return e.scrollWidth - e.clientWidth })()"
        )
        <= 0
    )
    assert page.get_by_text("Known by").count() == 0, "the number people call it by is enough"


@pytest.mark.parametrize("status", ["", "attention"])
def test_the_log_keeps_its_columns_beside_a_document_of_a_long_namespace(
    page: Page, served: Served, language: str, status: str
) -> None:
    speak(page, served, language)
    page.set_viewport_size({"width": 1300, "height": 800})
    page.goto(f"/messages?status={status}")
    foreign = page.locator("tbody tr", has=page.locator(f'a[href="/messages/{served.orders["foreign"]}"]'))
    assert "Order" in foreign.inner_text()
    assert "urn:oasis:names" not in foreign.inner_text(), "a document is called as it stands in its body"
    assert (
        page.evaluate(
            "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.table-wrap'))"
        )
        <= 0
    )
    alone = """() => [...document.querySelectorAll("tbody .named")].filter((each) => {
      const parts = [each.querySelector(".icon"), each.querySelector("a")];
      const [arrow, name] = parts.map((one) => one.getBoundingClientRect());
      return arrow.right > name.left || arrow.bottom < name.top || arrow.top > name.bottom;
    }).length"""
    assert page.evaluate(alone) == 0


@pytest.mark.parametrize("document", ["rejected", "faulty xml", "faulty json", "faulty ubl", "faulty cxml"])
def test_a_place_is_lit_after_a_click_on_it_with_what_it_is_above_the_views(
    page: Page, served: Served, document: str
) -> None:
    page.goto(f"/messages/{served.orders[document]}")
    page.locator("button[data-go]").first.click()
    page.wait_for_timeout(400)  # a page that moved beneath the pointer tells it so
    expect(page.locator("[data-view] .linked").first).to_be_visible()
    bar, views = page.locator(".trace").bounding_box(), page.locator(".panes").bounding_box()
    assert bar is not None
    assert views is not None
    assert bar["y"] + bar["height"] <= views["y"] + 1
